package org.sparkadept.pipeline.report.html;

/** How the pages look: on a screen, a phone and paper, by day and by night. */
final class StyleSheet {
  static final String CSS =
      """
      :root {
        color-scheme: light dark;
        --paper: #ffffff; --ink: #1c1c1e; --soft: #5d5d63; --line: #d9d9de; --band: #f5f5f7;
      }
      @media (prefers-color-scheme: dark) {
        :root {
          --paper: #161618; --ink: #ececf0; --soft: #a5a5ad; --line: #3a3a40; --band: #202024;
        }
      }
      * { box-sizing: border-box; }
      body {
        margin: 0; background: var(--paper); color: var(--ink);
        font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
      }
      main { max-width: 60rem; margin: 0 auto; padding: 1.25rem 1rem 4rem; }
      h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1rem; overflow-wrap: anywhere; }
      h2 { font-size: 1.25rem; margin: 2.25rem 0 .5rem; }
      p { max-width: 42rem; margin: .5rem 0; }
      .wide { overflow-x: auto; margin: .75rem 0; }
      table { border-collapse: collapse; font-size: .9rem; }
      caption { text-align: left; color: var(--soft); padding: 0 0 .35rem; }
      th, td { padding: .28rem .6rem; text-align: left; border-bottom: 1px solid var(--line); }
      th { font-weight: 600; vertical-align: bottom; }
      tbody th { font-weight: 400; vertical-align: baseline; max-width: 22rem; }
      td { vertical-align: baseline; }
      .text { white-space: pre-wrap; overflow-wrap: anywhere; }
      td .text, th .text, td summary, th summary { overflow-wrap: break-word; min-width: 4rem; }
      .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      .facts th { color: var(--soft); white-space: nowrap; }
      .facts td, .facts .n { text-align: left; white-space: normal; overflow-wrap: anywhere; }
      .steep thead bdi { writing-mode: vertical-rl; transform: rotate(180deg); }
      .steep thead th { padding: .3rem .1rem; text-align: right; font-weight: 400; }
      .steep thead th:first-child { text-align: left; }
      .steep thead th:first-child bdi { writing-mode: horizontal-tb; transform: none; }
      .steep td { padding: .2rem .35rem; border: 1px solid var(--line); }
      .steep tbody th, .steep tbody .text { white-space: nowrap; }
      details { margin: .35rem 0; }
      td details, th details { margin: 0; }
      summary { cursor: pointer; }
      figure {
        margin: 1rem 0; padding: .75rem; background: #ffffff; color: #1c1c1e;
        border: 1px solid var(--line); border-radius: .5rem;
      }
      figure svg { max-width: 100%; height: auto; display: block; margin: 0 auto; }
      figure .key { display: inline; vertical-align: -.1em; margin: 0 .4em 0 0; max-width: none; }
      figcaption { font-size: .9rem; color: #47474d; max-width: 42rem; margin: .5rem auto 0; }
      .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; }
      .legend { justify-content: center; margin: .4rem 0 0; padding: 0; font-size: .9rem; }
      .tokens { font-size: 1.05rem; line-height: 2; white-space: pre-wrap; overflow-wrap: anywhere; }
      .tokens span { padding: .15em .1em; border-radius: .2em; }
      @media (max-width: 40rem) {
        main { padding: 1rem .75rem 3rem; }
        figure { padding: .5rem .25rem; }
        figure .plot svg { min-width: 30rem; }
      }
      @media print {
        :root { --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; }
        body { font-size: 10.5pt; }
        main { max-width: none; padding: 0; }
        figure, tr, h2 { break-inside: avoid; }
        h2 { break-after: avoid; }
        .wide, .plot { overflow: visible; }
        * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      }
      """;

  private StyleSheet() {}
}
