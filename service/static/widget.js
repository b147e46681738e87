/* The custom element <related-posts article="ID" limit="6">. No dependencies, cookies or storage.
   May be concatenated with other scripts and loaded twice. MIT licence. */
;(function () {
  "use strict";
  if (!window.customElements || customElements.get("related-posts")) return;
  var script = document.currentScript;
  var base = script && /\/widget\.js([?#]|$)/.test(script.src) ? new URL(".", script.src).href : "/";
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
  var styleSheet;

  function styleSheets() {
    if (!styleSheet) { styleSheet = new CSSStyleSheet(); styleSheet.replaceSync(css); }
    return [styleSheet];
  }

  function parse(html) {
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
    // A list that the server included is shown in the widget's styles, without a request.
    var included = this.querySelector("section.related-posts");
    if (included) { this.show(document.importNode(included, true)); return; }
    if (!window.IntersectionObserver) { this.load(); return; }
    this.observer = new IntersectionObserver(function (entries) {
      if (entries.some(function (entry) { return entry.isIntersecting; })) self.load();
    }, { rootMargin: "600px 0px" });
    this.observer.observe(this);
  };

  RelatedPosts.prototype.disconnectedCallback = function () {
    if (this.observer) this.observer.disconnect();
  };

  RelatedPosts.prototype.attributeChangedCallback = function (name, before, after) {
    if (this.requested && before !== after) this.load();
  };

  RelatedPosts.prototype.fragmentURL = function () {
    var article = this.getAttribute("article");
    var path = article
      ? "v1/articles/" + encodeURIComponent(article) + "/related.html"
      : "v1/related.html";
    var url = new URL(path, new URL(this.getAttribute("api") || base, location.href));
    if (!article) url.searchParams.set("url", this.getAttribute("url") || location.href);
    ["limit", "exclude", "section", "exclude_section", "language", "max_age_days", "fill"].forEach(
      function (name) {
        if (this.hasAttribute(name)) url.searchParams.set(name, this.getAttribute(name));
      }, this);
    return url.href;
  };

  RelatedPosts.prototype.load = function () {
    var self = this, url = this.fragmentURL();
    if (this.requested === url) return;
    this.requested = url;
    if (this.observer) this.observer.disconnect();
    fetch(url, { credentials: "omit" })
      .then(function (response) { return response.ok ? response.text() : ""; })
      .catch(function () { return ""; })
      .then(function (html) { if (self.requested === url) self.show(html ? parse(html) : null); });
  };

  RelatedPosts.prototype.attach = function () {
    var root = this.attachShadow({ mode: "open" });
    // A picture whose address is gone leaves no broken icon. Errors do not bubble, hence the capture.
    root.addEventListener("error", function (event) {
      if (event.target.localName === "img") event.target.remove();
    }, true);
    return root;
  };

  RelatedPosts.prototype.show = function (section) {
    this.hidden = !section;
    // A "display: block" of the page would override the attribute "hidden".
    this.style.setProperty("display", section ? "" : "none", "important");
    if (!section) return;
    var heading = this.getAttribute("heading");
    if (heading) {
      section.removeAttribute("lang");
      section.setAttribute("aria-label", heading);
      section.querySelector("h2").textContent = heading;
    }
    var root = this.shadowRoot || this.attach();
    root.adoptedStyleSheets = styleSheets();
    root.replaceChildren(section);
  };

  customElements.define("related-posts", RelatedPosts);
})();
