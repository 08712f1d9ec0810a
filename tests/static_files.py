"""Static files that are listed once: each client of a test makes its own middleware, and to list takes longer than most
requests.
"""

from functools import cache

from community.common.static import WhiteNoiseMiddleware


class ListedOnce(WhiteNoiseMiddleware):
    def add_files_from_finders(self) -> None:
        self.files.update(_listed())


@cache
def _listed() -> dict:
    return WhiteNoiseMiddleware().files
