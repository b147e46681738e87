/* <related-posts article="ID" limit="6">: the block "Related posts". No dependencies, no cookies,
   no storage. May be concatenated with other scripts and loaded twice. MIT licence. */
;(function () {
  "use strict";
  if (!window.customElements || customElements.get("related-posts")) return;
  var script = document.currentScript;
  var home = script && /\/widget\.js([?#]|$)/.test(script.src) ? new URL(".", script.src).href : "/";
  var policy = window.trustedTypes
    ? trustedTypes.createPolicy("related-posts", { createHTML: function (html) { return html; } })
    : null;
  var css =
    ":host{display:block;min-block-size:var(--related-posts-height,auto);container-type:inline-size}" +
    ":host([hidden]){display:none}" +
    "*{box-sizing:border-box}" +
    "h2,h3,p,ol{margin:0;padding:0}" +
    "h2{font:var(--related-posts-heading-font,inherit);font-size:1.25em;font-weight:700;margin-block-end:.75em}" +
    "ol{list-style:none;display:grid;gap:var(--related-posts-gap,1.25rem);" +
    "grid-template-columns:repeat(auto-fill,minmax(min(100%,var(--related-posts-card,15rem)),1fr))}" +
    "li{position:relative;min-inline-size:0;overflow-wrap:anywhere;padding:var(--related-posts-padding,.75rem);" +
    "border:1px solid var(--related-posts-line,color-mix(in srgb,currentColor 22%,transparent));" +
    "border-radius:var(--related-posts-radius,.5rem)}" +
    "img{display:block;inline-size:100%;block-size:auto;aspect-ratio:16/9;object-fit:cover;margin-block-end:.5rem;" +
    "border-radius:calc(var(--related-posts-radius,.5rem)/2)}" +
    "h3{font-size:1em;line-height:1.3;hyphens:auto}" +
    "a{color:var(--related-posts-link,inherit);text-decoration:none}" +
    "a::after{content:'';position:absolute;inset:0;border-radius:inherit}" +
    "a:hover{text-decoration:underline}" +
    "li:focus-within{outline:3px solid var(--related-posts-focus,Highlight);outline-offset:2px}" +
    "a:focus{outline:none}" +
    "p{font-size:.875em;line-height:1.45;margin-block-start:.5em}" +
    "[part=teaser]{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:var(--related-posts-lines,4);overflow:hidden}" +
    "[part=section]::after{content:' \u00b7'}";
  var sheet;

  function styles() {
    if (!sheet) { sheet = new CSSStyleSheet(); sheet.replaceSync(css); }
    return [sheet];
  }

  function parsed(html) {
    var text = policy ? policy.createHTML(html) : html;
    return new DOMParser().parseFromString(text, "text/html").querySelector("section.related-posts");
  }

  function RelatedPosts() { return Reflect.construct(HTMLElement, [], RelatedPosts); }
  RelatedPosts.prototype = Object.create(HTMLElement.prototype);
  RelatedPosts.prototype.constructor = RelatedPosts;
  Object.setPrototypeOf(RelatedPosts, HTMLElement);
  RelatedPosts.observedAttributes = ["article", "url", "limit", "api"];

  RelatedPosts.prototype.connectedCallback = function () {
    var self = this;
    // What the server has put inside already is shown, in our styles, and asked for no more.
    var ready = this.querySelector("section.related-posts");
    if (ready) { this.show(document.importNode(ready, true)); return; }
    if (!window.IntersectionObserver) { this.load(); return; }
    this.watch = new IntersectionObserver(function (entries) {
      if (entries.some(function (entry) { return entry.isIntersecting; })) self.load();
    }, { rootMargin: "600px 0px" });
    this.watch.observe(this);
  };

  RelatedPosts.prototype.disconnectedCallback = function () {
    if (this.watch) this.watch.disconnect();
  };

  RelatedPosts.prototype.attributeChangedCallback = function (name, before, after) {
    if (this.asked && before !== after) this.load();
  };

  RelatedPosts.prototype.address = function () {
    var article = this.getAttribute("article");
    var path = article
      ? "v1/articles/" + encodeURIComponent(article) + "/related.html"
      : "v1/related.html";
    var url = new URL(path, new URL(this.getAttribute("api") || home, location.href));
    if (!article) url.searchParams.set("url", this.getAttribute("url") || location.href);
    ["limit", "exclude", "section", "exclude_section", "language", "max_age_days", "fill"].forEach(
      function (name) {
        if (this.hasAttribute(name)) url.searchParams.set(name, this.getAttribute(name));
      }, this);
    return url.href;
  };

  RelatedPosts.prototype.load = function () {
    var self = this, address = this.address();
    if (this.asked === address) return;
    this.asked = address;
    if (this.watch) this.watch.disconnect();
    fetch(address, { credentials: "omit" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .catch(function () { return ""; })
      .then(function (html) { if (self.asked === address) self.show(html ? parsed(html) : null); });
  };

  RelatedPosts.prototype.show = function (section) {
    this.hidden = !section;
    // The page's own "display: block" would win over hidden.
    this.style.setProperty("display", section ? "" : "none", "important");
    if (!section) return;
    var heading = this.getAttribute("heading");
    if (heading) {
      section.removeAttribute("lang");
      section.setAttribute("aria-label", heading);
      section.querySelector("h2").textContent = heading;
    }
    var root = this.shadowRoot || this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = styles();
    root.replaceChildren(section);
  };

  customElements.define("related-posts", RelatedPosts);
})();
