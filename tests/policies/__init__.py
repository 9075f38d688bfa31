"""Policy files: checked, compared, described and proved."""
