/* <related-posts>, MIT licence */
// No cookies, no storage. May be concatenated with others and loaded twice. Attributes: docs/widget.md.
;(() => {
  if (customElements.get("related-posts")) return;
  const script = document.currentScript, base = script && /\/widget\.js([?#]|$)/.test(script.src) ? new URL(".", script.src) : "/";
  const policy = (window.trustedTypes || { createPolicy: (name, rules) => rules })
    .createPolicy("related-posts", { createHTML: html => html });
  const parameters = "limit exclude section exclude_section language max_age_days fill why".split(" ");
  // In this text $name stands for var(--related-posts-name, and @picture for a picture or its panel.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host{display:block;min-block-size:$height,auto);container-type:inline-size}
    *{box-sizing:border-box}
    h2,h3,p,ol{margin:0;padding:0}
    h2{font:$heading-font,inherit);font-size:1.25em;font-weight:700;margin-block-end:.75em}
    ol{list-style:none;display:grid;gap:$gap,1.25rem);
    grid-template-columns:repeat(auto-fill,minmax(min(100%,$card,15rem)),1fr))}
    @container(min-width:32rem){ol{grid-auto-rows:1fr}}
    li{position:relative;display:flex;flex-direction:column;overflow-wrap:anywhere;
    padding:$padding,.75rem);background:$background,none);
    border:1px solid $line,color-mix(in srgb,currentColor 22%,transparent));border-radius:$radius,.5rem)}
    @picture{inline-size:100%;block-size:auto;aspect-ratio:16/9;object-fit:cover;margin-block-end:.6rem;
    border-radius:calc($radius,.5rem)/2)}
    [part=panel]{display:grid;place-items:center;font-weight:700;
    background:color-mix(in srgb,$accent,currentColor) 14%,transparent)}
    [part=panel]::before{content:attr(data-section)}
    h3{font-size:1em;line-height:1.3;hyphens:auto}
    a{color:$link,inherit);text-decoration:none;outline:none}
    a::after{content:"";position:absolute;inset:0}
    a:hover{text-decoration:underline}
    li:focus-within{outline:3px solid $focus,Highlight);outline-offset:2px}
    p{font-size:.875em;line-height:1.45;margin-block-start:.5em}
    [part=teaser]{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:$lines,4);overflow:hidden}
    [part=facts]{margin-block-start:auto;padding-block-start:.6em}
    [part=section]::after{content:" \\b7"}
    :host([layout=list]) ol,:host([layout=compact]) ol{grid-template-columns:none;grid-auto-rows:auto}
    :host([layout=list]) li:has(@picture){display:grid;grid-template:repeat(3,auto)1fr/clamp(5rem,28%,14rem)1fr;column-gap:1rem}
    :host([layout=list]) li>*{grid-column:2}
    :host([layout=list]) @picture{grid-area:1/1/6;margin:0}
    :host([layout=compact]) ol{gap:0}
    :host([layout=compact]) li{background:none;border-width:0 0 1px;border-radius:0;padding-inline:0}
    :host([layout=compact]) :is(@picture,[part=teaser]){display:none}`
    .replace(/\$/g, "var(--related-posts-").replace(/@picture/g, ":is(img,[part=panel])"));

  const warn = text => console.warn("related-posts: " + text);

  // Addresses of one page differ in www, a slash at the end, the fragment and tracking parameters.
  const key = address => {
    try {
      const { host, pathname, searchParams: query } = new URL(address, document.baseURI);
      for (const name of [...query.keys()]) if (/^utm_|clid$/.test(name)) query.delete(name);
      return host.replace(/^www\./, "") + pathname.replace(/\/+$/, "") + query;
    } catch { return address; }
  };

  customElements.define("related-posts", class extends HTMLElement {
    static get observedAttributes() { return ["article", "url", "api", ...parameters]; }

    connectedCallback() {
      // A list that the server included is shown in the widget's styles, without a request.
      const included = this.querySelector("section.related-posts");
      if (included) return this.show(included.cloneNode(true));
      this.observer = new IntersectionObserver(entries => {
        if (entries.some(one => one.isIntersecting)) this.load();
      }, { rootMargin: "600px 0px" });
      this.observer.observe(this);
    }

    attributeChangedCallback() { if (this.requested) this.load(); }

    // Keys of pages that need no card: where the reader comes from, and what the page links to.
    known() {
      const selector = this.getAttribute("dedupe"), keys = new Set();
      if (document.referrer) keys.add(key(document.referrer));
      try {
        for (const found of selector ? document.querySelectorAll(selector) : [])
          for (const link of found.href ? [found] : found.querySelectorAll("a[href]"))
            if (!this.contains(link)) keys.add(key(link.href));
      } catch (error) { warn(error.message); }
      return keys;
    }

    requestURL() {
      const article = this.getAttribute("article");
      const path = `v1/${article ? `articles/${encodeURIComponent(article)}/` : ""}related.html`;
      const url = new URL(path, new URL(this.getAttribute("api") || base, location));
      const query = url.searchParams;
      if (!article) query.set("url", this.getAttribute("url") || location);
      for (const name of parameters) if (this.hasAttribute(name)) query.set(name, this.getAttribute(name));
      if (query.get("why") === "") query.set("why", 1);
      // A longer list begins with the shorter one: cards that are dropped are replaced.
      const spare = 6 * this.hasAttribute("dedupe") + document.referrer.startsWith(location.origin + "/");
      if (spare) query.set("spare", spare);
      return url.href;
    }

    async load() {
      const url = this.requestURL();
      if (this.requested === url) return;
      this.requested = url;
      this.observer.disconnect();
      let html = "";
      try {
        const response = await fetch(url, { credentials: "omit" });
        if (response.ok) html = await response.text();
        else warn(response.status + " " + (await response.json()).detail);
      } catch (error) { warn(error.message); }
      if (this.requested === url)
        this.show(new DOMParser().parseFromString(policy.createHTML(html), "text/html").querySelector("section"));
    }

    attach() {
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      // A panel takes the place of a picture that is gone. Errors do not bubble, hence the capture.
      root.addEventListener("error", ({ target }) => {
        const panel = document.createElement("span");
        panel.part = "panel";
        panel.dataset.section = target.dataset.section || "";
        target.replaceWith(panel);
      }, true);
      return root;
    }

    show(section) {
      const known = this.known(), heading = this.getAttribute("heading");
      let kept = 0;
      (section ? section.querySelectorAll("li") : []).forEach(card => {
        const link = card.querySelector("a");
        if (kept == section.dataset.limit || link && known.has(key(link.getAttribute("href")))) card.remove();
        else kept++;
      });
      this.hidden = !kept;
      // A "display: block" of the page would override the attribute "hidden".
      this.style.setProperty("display", kept ? "" : "none", "important");
      if (!kept) return;
      if (heading) {
        section.removeAttribute("lang");
        section.setAttribute("aria-label", heading);
        section.querySelector("h2").textContent = heading;
      }
      (this.shadowRoot || this.attach()).replaceChildren(section);
    }
  });
})();
