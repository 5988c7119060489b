// Package report turns results into what people read: tables for a terminal or Markdown, and one self-contained HTML
// file.
//
// It computes no result of its own and judges nothing: verdicts and intervals come ready from package results.
//
// The one idea: a number never stands alone. Beside it stands its interval, or the word for why there is none: "not
// reached", "unstable", or a dash for what was not measured.
package report
