"""What a maintainer runs: lessons executed, their figures compared, the pictures' data, templates."""
