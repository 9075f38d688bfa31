"""Policy files: checked, compared and described."""
