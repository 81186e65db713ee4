"""A population on Apache Spark: `batches.judge` under `mapInArrow`, so that a cluster gives what one machine gives.

Needs the extra `spark` (PySpark, and Java beneath it) on the driver, and this package with `columns` on every executor.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from zhunsheng.population.batches import judge, schema_of
from zhunsheng.population.layout import KEY, PLACE
from zhunsheng.ruleset.vocabulary import DOCUMENT, POSITION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyspark.sql import DataFrame

    from zhunsheng.ruleset import Ruleset


def nested(tables: Mapping[str, DataFrame]) -> DataFrame:
    """Tables in the long layout as a row a document, what lies on it as lists, by 序号 where there is one, else 位置."""
    from pyspark.sql import functions as F  # noqa: N812, PLC0415

    found = tables[DOCUMENT]
    for scope, table in tables.items():
        if scope != DOCUMENT:
            own = [name for name in table.columns if name != KEY]
            first = [name for name in (POSITION, PLACE) if name in own]
            row = F.struct(*first, *(name for name in own if name not in first))
            rows = table.groupBy(KEY).agg(F.sort_array(F.collect_list(row)).alias(scope))
            found = found.join(rows, KEY, "left")
    return found


def judged(documents: DataFrame, ruleset: Ruleset) -> DataFrame:
    """The results of documents, a row each, as `batches.judge` gives them.

    Args:
        documents: a row a document, as `nested` makes them.
        ruleset: judges all of them; it travels to the executors.
    """
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

    return documents.mapInArrow(partial(judge, ruleset=ruleset), from_arrow_schema(schema_of(ruleset)))
