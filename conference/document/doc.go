// Package document makes the papers of a conference as PDF from plain values:
// badges so far. It knows no database and no rooms, and only it imports the PDF library.
package document
