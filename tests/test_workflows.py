"""The workflows ask for what the repository has: files that exist, and the README's commands."""

import re
import shlex

import pytest
import yaml

from course.lessons import README, ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def commands(workflow):
    """Return every command of a workflow, line by line."""
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    return [line for step in steps for line in step.get("run", "").splitlines() if line.strip()]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_what_a_workflow_reads_and_runs_is_there(workflow):
    lines = commands(workflow)
    assert lines
    for line in lines:
        for word in shlex.split(line):
            if re.search(r"\.(txt|py)$|^\.ci/", word):
                assert (ROOT / word).is_file(), f"{workflow.name}: {line}"


def test_the_tests_run_what_the_readme_says():
    [told] = re.findall(r"^(pip install .+) && (pytest)$", README.read_text("utf-8"), re.MULTILINE)
    asked = commands(ROOT / ".github" / "workflows" / "tests.yml")
    assert set(told) <= set(asked)


def test_the_matrix_has_every_python_that_the_course_is_for():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8"))
    matrix = workflow["jobs"]["lessons"]["strategy"]["matrix"]
    pythons = {*matrix["python"], *(row["python"] for row in matrix["include"])}
    [first, last] = re.search(r"Python (3\.\d+) to (3\.\d+)", README.read_text("utf-8")).groups()
    minors = range(int(first[2:]), int(last[2:]) + 1)
    assert pythons == {f"3.{minor}" for minor in minors}
