"""Articles that became visible again are shown by a later run, if theirs could not do it."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility_table import to_settle
from recommender.cli.index_run import EarlierRuns, IndexOptions, Version, run
from recommender.ingest.importer import Importer
from recommender.runs.pipeline import index
from recommender.settings import Settings
from sample_site import publish, records, write_jsonl


@pytest.mark.parametrize("is_published", [True, False])
def test_a_run_without_changes_settles_what_the_last_one_left(
    settings: Settings, source: Path, is_published: bool
) -> None:
    publish(settings, source)
    publish(settings, write_jsonl(source, [records()[0] | {"status": "draft"}, *records()[1:]]))
    write_jsonl(source, records())
    now = datetime.now(UTC)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        # A run that publishes, and cannot write to the database afterwards.
        Importer(settings, now, lambda _: None, lambda *_: None).read([str(source)], catalogue)
        index(settings, catalogue, now, lambda *_: None)
        assert to_settle(catalogue.engine) == {"talks/0": True}
        version = Version(catalogue.version(), 0)
        earlier = EarlierRuns(version if is_published else None, (version, 0))
        options = IndexOptions(
            (str(source),),
            full=False,
            strict=False,
            prune=False,
            changed=False,
            force=False,
            scheduler="",
            lock_timeout=5,
        )
        run(settings, now, options, earlier)
        # After a refused run the current snapshot may have an older text: it stays hidden.
        assert to_settle(catalogue.engine) == ({} if is_published else {"talks/0": True})
