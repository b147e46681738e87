"""Feeds, pages and exports as servers send them."""

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Site</title><language>en</language>
<item><title>Talks &amp;amp; &lt;em&gt;truce&lt;/em&gt;</title><link>https://site.example/a</link>
<guid isPermaLink="false">post-1</guid><pubDate>Mon, 01 Jun 2026 10:00:00 +0200</pubDate>
<dc:creator>A. Nowak</dc:creator><category>Politics</category><category>Talks</category>
<description>&lt;p&gt;A short lead&lt;script&gt;alert(1)&lt;/script&gt;.&lt;/p&gt;</description>
<media:content url="https://site.example/a.jpg" medium="image"/>
<content:encoded><![CDATA[<p>The body.</p><p>See also: <a href="/b">B</a></p>
<div class="sharedaddy">Share this</div><p>End.</p>]]></content:encoded></item>
<item><title>No date</title><link>https://site.example/b</link></item>
<item><title>Odd date</title><link>https://site.example/c</link>
<pubDate>2021-02-08 16:30-:00+16:30</pubDate></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="pl"><title>S</title>
<entry><id>tag:x,1</id><title type="html">Zażółć &lt;b&gt;gęślą&lt;/b&gt;</title>
<link href="https://site.example/a"/><published>2026-06-01T10:00:00Z</published>
<updated>2026-06-02T10:00:00Z</updated><author><name>A. Nowak</name></author>
<summary>Lead.</summary><content type="html">&lt;p&gt;Body.&lt;/p&gt;</content></entry></feed>"""

LD = """<script type="application/ld+json">{"@type": "Organization", "name": "x",, broken</script>
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "WebSite", "name": "The Site"},
{"@type": "NewsArticle", "headline": "Coast plant gets its licence",
"datePublished": "2025-05-30T09:15:00+02:00", "dateModified": "2025-06-02T10:20:30+02:00",
"author": [{"@id": "#p1"}], "articleSection": "politics", "keywords": "energy, coast",},
{"@type": "Person", "@id": "#p1", "name": "Anna Nowak"}]}</script>"""

BODY = """<p>The regulator granted the licence on Monday after a review that took four years and
cost more than anybody had planned for at the start of the work.</p>
<div class="ad-slot">Advertisement</div>
<p>The government said that the plant would be finished in 2033, and that
<a href="/politics/grid">the grid</a> would be ready by then, according to three officials.</p>
<h2>What happens next</h2>
<p>The concrete will be poured in the autumn. Engineers from four countries have been working on
the site since 2022, and the harbour is ready for the heavy parts.</p>
<p>See also: <a href="/politics/old">An old story about something else</a></p>
<p>Sign up for our newsletter and never miss a story.</p>
<p>This article is for subscribers only. Subscribe to continue reading.</p>
<p>Unions welcomed the decision, but said that wages on the site had to rise. A spokesman for the
ministry declined to comment on the demand, which had been made before.</p>"""

AROUND = """<section class="related-posts"><h3>Related posts</h3><div class="card">
<img alt="Other story" src="/o.jpg"><h4>Other story</h4><p>The teaser of another story, which must
never be seen in the body of this article, whatever happens to the page.</p></div></section>
<aside><h3>Latest insights</h3><ul><li><a href="/x">Another item of the news</a></li></ul></aside>
<div id="comments"><h3>3 Comments</h3><p>A reader wrote a very long comment about the plant and its
costs, which nobody wants to see in there either.</p></div>"""

CONSENT = """<div id="cookie-banner"><p>Szanujemy Twoją prywatność. My i nasi partnerzy używamy
plików cookies, aby wyświetlać dopasowane treści.</p><button>Akceptuję</button></div>"""

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Blog</title>
<wp:author><wp:author_login>anna</wp:author_login>
<wp:author_display_name>Anna Nowak</wp:author_display_name></wp:author>"""


def page(head: str = LD, above: str = "", body: str = BODY, lang: str = "en") -> str:
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">
<title>Coast plant gets its licence | The Site</title>
<meta property="og:site_name" content="The Site"><meta property="og:image" content="/img/p.jpg">
<meta name="description" content="The regulator has granted the licence.">{head}</head>
<body>{CONSENT}<header><nav><a href="/">Home</a></nav></header><main>
<article class="post has-sidebar"><img src="/img/p-300x200.jpg" alt="Coast plant gets its licence">
<h1>Coast plant gets its licence</h1>{above}{body}</article>{AROUND}</main>
<footer>© The Site</footer></body></html>"""


def item(number: int, body: str = "", kind: str = "post", status: str = "publish") -> str:
    return f"""<item><title>Post &amp; {number}</title><link>https://blog.example/{number}/</link>
<dc:creator>anna</dc:creator><wp:post_id>{number}</wp:post_id>
<content:encoded><![CDATA[{body or f"First {number}."}]]></content:encoded>
<excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_date>2025-06-02 10:00:00</wp:post_date>
<wp:post_date_gmt>2025-06-02 08:00:00</wp:post_date_gmt>
<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>
<category domain="category" nicename="p">Politics</category>
<category domain="post_tag" nicename="t">tag</category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>900</wp:meta_value></wp:postmeta>
</item>"""
