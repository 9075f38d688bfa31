"""The policies that are in force, as their files say now."""

from pathlib import Path

from temporalio.exceptions import ApplicationError

from runtime.policies import Policies, PolicyFolderWrong


def policies_in(folder: Path) -> Policies:
    """Read the policies of a folder. While they cannot be read an activity is tried again."""
    try:
        return Policies.load(folder)
    except PolicyFolderWrong:
        raise ApplicationError("the policies cannot be read", type="PolicyFolderWrong") from None
