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


@pytest.mark.parametrize("status", [200, 403])
def test_an_error_page_is_kept_for_ever_or_refused(monkeypatch, tmp_path, status):
    page = b"<html>403 Forbidden</html>"
    asked = []

    def get(url, **_):
        asked.append(url)
        response = requests.Response()
        response.status_code = status
        response.raw = urllib3.HTTPResponse(io.BytesIO(page), preload_content=False)
        return response

    monkeypatch.setattr(requests, "get", get)
    for _ in range(2):
        path = faulty_download.fetch(ORIGINAL, LABELS, tmp_path, ["http://a/", "http://b/"])
        assert path == tmp_path / LABELS.name
        assert path.read_bytes() == page
    assert asked == [f"http://a/{LABELS.name}"]
    with pytest.raises(download.DownloadError):
        faulty_download.fetch(REPAIRED, LABELS, tmp_path / "new", ["http://a/", "http://b/"])
    assert not (tmp_path / "new").exists()


def test_an_unfriendly_server_answers_with_an_error_page_and_then_no_more(tmp_path):
    with faulty_download.unfriendly_server() as address:
        path = faulty_download.fetch(ORIGINAL, LABELS, tmp_path, [address])
        assert path.read_bytes().startswith(b"<html>")
        with pytest.raises(download.DownloadError, match="403"):
            faulty_download.fetch(REPAIRED, LABELS, tmp_path / "new", [address])
    images = download.FILES["test_images"]
    with pytest.raises(requests.ConnectionError):
        faulty_download.fetch(ORIGINAL, images, tmp_path, [address])
    path = faulty_download.fetch(ORIGINAL, images, tmp_path, [address])  # now nobody is asked
    assert path.stat().st_size == 0  # an empty file is kept without a word
    with pytest.raises(download.DownloadError):
        faulty_download.fetch(REPAIRED, images, tmp_path / "new", [address])
