"""The original's download keeps whatever came; repaired, it refuses."""

import io

import pytest
import requests
import urllib3

from course.materials import faulty_download
from mnistlib import download
from mnistlib.original import Recipe

LABELS = download.FILES["test_labels"]
ORIGINAL = Recipe()
REPAIRED = Recipe(cached="the published file")


@pytest.fixture
def answer(monkeypatch):
    """Return a function that sets what every server answers, and notes who was asked."""
    asked = []

    def set_answer(body, status=200):
        def get(url, **_):
            asked.append(url)
            response = requests.Response()
            response.status_code = status
            response.raw = urllib3.HTTPResponse(io.BytesIO(body), preload_content=False)
            return response

        monkeypatch.setattr(requests, "get", get)
        return asked

    return set_answer


@pytest.mark.parametrize("status", [200, 403])
def test_an_error_page_is_kept_for_ever_or_refused(answer, tmp_path, status):
    asked = answer(page := b"<html>403 Forbidden</html>", status)
    path = faulty_download.fetch(ORIGINAL, LABELS, tmp_path, ["http://a/", "http://b/"])
    assert path == tmp_path / LABELS.name
    assert path.read_bytes() == page
    answer(b"better now")
    assert faulty_download.fetch(ORIGINAL, LABELS, tmp_path, ["http://a/"]).read_bytes() == page
    assert asked == [f"http://a/{LABELS.name}"]

    answer(page, status)
    with pytest.raises(download.DownloadError):
        faulty_download.fetch(REPAIRED, LABELS, tmp_path / "new", ["http://a/", "http://b/"])
    assert not (tmp_path / "new").exists()


def test_an_unfriendly_server_answers_with_an_error_page(tmp_path):
    with faulty_download.unfriendly_server() as address:
        path = faulty_download.fetch(ORIGINAL, LABELS, tmp_path, [address])
        assert path.read_bytes().startswith(b"<html>")
        assert not download.is_good(path, LABELS)
        with pytest.raises(download.DownloadError, match="403"):
            faulty_download.fetch(REPAIRED, LABELS, tmp_path / "new", [address])
    with pytest.raises(requests.ConnectionError):
        requests.get(address, timeout=5)


def test_a_dead_connection_leaves_an_empty_file_that_is_kept_without_a_word(tmp_path):
    images = download.FILES["test_images"]
    with faulty_download.unfriendly_server() as address:
        pass
    with pytest.raises(requests.ConnectionError):
        faulty_download.fetch(ORIGINAL, images, tmp_path, [address])
    path = faulty_download.fetch(
        ORIGINAL, images, tmp_path, [address]
    )  # the second time nobody is asked
    assert path.stat().st_size == 0
    with pytest.raises(download.DownloadError):
        faulty_download.fetch(REPAIRED, images, tmp_path / "new", [address])
