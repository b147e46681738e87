"""Marks that generators interpret stay out of the text of Markdown; code and prose keep theirs."""

import pytest

from recommender.ingest.markdown.rendering import rendered


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        # kramdown
        ("{:.lead}\nThe mill turns.\n{: .note #x}", "The mill turns."),
        ("* Contents\n{:toc}\n\n## Flour {#flour}\n\nBread.", "Flour\nBread."),
        ("{::options parse_block_html='true' /}\nOats{:.grain} and rye.", "Oats and rye."),
        ("Rye.\n\n{::comment}\nDraft.\n{:/comment}\n\n*[BBC]: a broadcaster", "Rye."),
        ("It returns {:ok, value} to the miller.", "It returns {:ok, value} to the miller."),
        # Docusaurus, VuePress, Quarto, remark
        (":::note\n\nMind the weir.\n\n:::\n\nEnd.", "Mind the weir.\nEnd."),
        (":::tip[Mind the weir]\nIt is deep.\n:::", "Mind the weir\nIt is deep."),
        ("::: {.callout-note}\nDeep.\n:::", "Deep."),
        ("::youtube[Film]{id=x}\n\nSee :abbr[BBC]{title=x}.", "See BBC."),
        ("![Mill](/m.jpg){width=50%}\n\nWheel.\n{.small}", "Wheel."),
        # MDX
        ("import Chart from '../chart'\n\nFlour rose.\n\n<Chart data={[1, 2]} />", "Flour rose."),
        ('import {\n  A,\n  B\n} from "x";\n\nFlour.', "Flour."),
        ("{/* truncate */}\n\n<Tabs>\n  <Tab label='a'>\n\n  **Flour** rose.\n\n  </Tab>\n</Tabs>",
         "Flour rose."),
        ("{/* x */}\nPrice: {price}{' '}euro, {\"a\"}.", "Price: euro, a."),
        ("<img style={{width: 1}} alt='' />Flour <B>rose</B>.", "Flour rose."),
        ("Less < more, and {braces} stay.", "Less < more, and {braces} stay."),
        # Liquid, Nunjucks, Hugo
        ("{% include x.html %}Flour {{ page.unit }} rose.", "Flour rose."),
        ("{% comment %}Draft{% endcomment %}Flour. {# note #}", "Flour."),
        ("{% highlight ruby %}\nx = {:a}\n{% endhighlight %}\nEnd.", "x = {:a}\nEnd."),
        ("{% raw %}{{ kept }}{% endraw %} text", "{{ kept }} text"),
        ("{{< note >}}\nFlour.\n{{< /note >}}\nA {{% b %}} c", "Flour.\nA c"),
        # other dialects
        ("> [!WARNING]\n> Deep.", "Deep."),
        ("[TOC]\n\n[[toc]]\n\nSee [[mill|the mill]] and [[weir]]. ![[m.png]]",
         "See the mill and weir."),
        ("Flour[^1] rose.\n\n[^1]: By half.", "Flour rose.\nBy half."),
        ('!!! note "Mind"\n    Deep *water*.\n\nEnd.', "Mind\nDeep water.\nEnd."),
        ("==Flour== is ~~cheap~~ dear.", "Flour is cheap dear."),
        ("粮价**上涨（三成）**了。", "粮价上涨（三成）了。"),
        ("See [the mill][nowhere] and [rye][].", "See the mill and rye."),
        ("<div>\n**Flour** and [rye](/rye)\n</div>", "Flour and rye"),
        ("| Grain | Price |\n|---|---|\n| Rye | 3 |", "Grain\nPrice\nRye\n3"),
        # code keeps its marks
        ("Use `{:.x}`, `:::` and `{{ y }}`.", "Use {:.x}, ::: and {{ y }}."),
        ("```js\nimport A from 'b'\n{/* c */}\n```", "import A from 'b' {/* c */}"),
    ],
)  # fmt: skip
def test_marks_stay_out_of_the_text(markdown: str, text: str) -> None:
    assert rendered(markdown).text == text


@pytest.mark.parametrize(
    "prose",
    [
        "import taxes rose by a tenth.",
        "export duties fell.\n\nSo did others.",
        "import of flour from 'abroad' fell.",
        "export const stays in Markdown.",
    ],
)
def test_prose_that_begins_like_code_is_kept(prose: str) -> None:
    assert rendered(f"{prose}\n\nMore.").text == "\n".join(
        [*filter(None, prose.split("\n")), "More."]
    )


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("export const rows = [\n  { a: 1 },\n\n  { b: 2 },\n]", "Flour."),
        ("export default function X() {\n  return 1\n}", "Flour."),
        ("export { a } from './a'", "Flour."),
        ("export taxes rose.", "export taxes rose.\nFlour."),
        ("import taxes rose.", "import taxes rose.\nFlour."),
    ],
)
def test_only_code_is_left_out_of_mdx(code: str, left: str) -> None:
    found = rendered(f"{code}\n\nFlour.", is_mdx=True).text
    assert found == left


def test_links_in_templates_are_kept() -> None:
    found = rendered("[rye]({{ '/rye/' | relative_url }}) and [oats]({% link _posts/oats.md %})")
    assert found.text == "rye and oats"
    assert found.links == ["/rye/", "/_posts/oats.md"]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Version {{ page.version }} of {{page.tool}} is out.", "Version 3.1.0 of Mill 2 is out."),
        ("We release Mill {{ release.version }}. It grinds.", "We release Mill. It grinds."),
        ("Mill {{ page.none }}, or {{ page.list }} more", "Mill, or more"),
        ("Both ({{ site.a }}) and `{{ page.version }}`!", "Both () and {{ page.version }}!"),
    ],
)
def test_values_of_the_front_matter_are_put_in_and_others_leave_no_gap(
    markdown: str, text: str
) -> None:
    page = {"version": "3.1.0", "tool": "Mill 2", "list": [1]}
    assert rendered(markdown, page).text == text
