"""What a maintainer runs: lessons executed, their figures compared, the pictures' data, templates."""

import course.lessons.formats  # noqa: F401, before nbclient imports nbformat with all that it brings
