"""What the tests read out of lessons, on small made-up pieces of them."""

from tests.lessons import reading


def test_markdown_is_read_as_jupyter_reads_it():
    text = """# One *two* `three` [four](five.md)

```
# no heading [no](link)
```

Title two
---------

`[no](code)` $[no](maths)$ [a](b_(c).md "title") ![d](e.png) <https://f.g>

<details><summary><a href="h">i</a></summary>

[j](k) \\[no\\](escaped)

</details>
"""
    assert reading.headings(text) == [(1, "One two three four"), (2, "Title two")]
    assert sorted(reading.links(text)) == sorted(
        ["five.md", "b_(c).md", "e.png", "https://f.g", "h", "k"]
    )
