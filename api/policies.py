"""The policies, as the API reads them."""

from runtime.policies import Policies, PolicyFolderWrong

__all__ = ["Policies", "PolicyFolderWrong"]
