"""Sphinx settings for the pages. Build them with python -m website."""

import os

from website import SITE

# The one place that knows where the course lives, as owner/name on GitHub. While it is empty no
# page offers to run a lesson elsewhere.
REPOSITORY = os.environ.get("COURSE_REPOSITORY", "")
OWNER, _, NAME = REPOSITORY.partition("/")
#: Where GitHub then publishes the pages: whoever shares a link shares a picture with it.
ADDRESS = f"https://{OWNER}.github.io/{NAME}/" if REPOSITORY else ""

project = "From bare arrays"
author = "The mnistlib authors"
project_copyright = "2026, the mnistlib authors. Text and figures CC BY 4.0, code MIT"
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "website.lesson_pages",
    "website.picture_places",
    "website.in_page_python",
]
exclude_patterns = ["made/*.md", "README.md"]

copybutton_selector = "div.highlight pre:not(.cell_output pre, .answered pre)"  # nobody runs those

# The notebooks' stored outputs are shown as they are.
nb_execution_mode = "off"
nb_merge_streams = True

myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
html_math_renderer = "katex"
highlight_language = "none"

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "none"  # the docstrings tell shapes and types, and the source has the hints
autodoc_default_options = {"members": True}
viewcode_follow_imported_members = False  # an alias such as tuple[...] is not Python's own
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
python_use_unqualified_type_names = True
add_module_names = False
nitpick_ignore = [("py:class", "numpy.ndarray")]  # in an alias of ours; NumPy's pages are elsewhere

html_theme = "pydata_sphinx_theme"
html_title = project
html_favicon = "static/favicon.svg"
html_static_path = [str(SITE / "static"), str(SITE / "pages" / "company.png")]
html_css_files = ["katex.min.css", "pages.css"]
html_js_files = [
    ("shared.js", {"defer": "defer", "priority": 100}),  # before all that uses it
    ("pages.js", {"defer": "defer"}),
    ("guesses.js", {"defer": "defer"}),
]
templates_path = [str(SITE / "templates")]
html_copy_source = False
html_scaled_image_link = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
html_sidebars = {"index": [], "**": ["close", "course-nav"]}
html_context = {"default_mode": "auto", "repository": REPOSITORY, "address": ADDRESS}
html_theme_options = {
    "logo": {"text": project},
    "navbar_start": ["navbar-logo"],
    "navbar_center": ["top-links"],
    "navbar_persistent": ["search-button-field"],
    "navbar_end": ["theme-switcher"],
    "article_header_start": [],
    "article_footer_items": ["lesson-tools", "review-link"],
    "secondary_sidebar_items": ["close", "page-toc"],
    "primary_sidebar_end": [],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_toc_level": 2,
    "back_to_top_button": False,  # it would lie on what is read
    "search_bar_text": "Search the course",
    "enable_search_shortcuts": False,  # its "/" would be missing where a page is typed into
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
