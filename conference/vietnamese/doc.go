// Package vietnamese holds what the house knows about Vietnamese text: names and
// their order, search keys, telephone numbers and e-mail addresses, dates, ordinals
// and provinces in words. Every function is pure and safe for concurrent use.
//
// Text is expected to be normalised at the border (forms, spreadsheets, the API)
// with Normalise or NormaliseText; the other functions also stand text that was not.
package vietnamese
