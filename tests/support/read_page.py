"""Read one web page as an article, or raise why it is none."""

from datetime import tzinfo

from recommender.articles.article import Article
from recommender.ingest.page_metadata.page import NOT_LISTED, Listed
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.web.article_page import page_fields


def article_of_page(
    address: str, data: bytes, charset: str | None, zone: tzinfo, listed: Listed = NOT_LISTED
) -> Article:
    return article_of(page_fields(address, data, charset, zone, listed), zone, is_text=True)
