// Package document makes the papers of a conference from plain values: badges and
// letters as PDF, letters as DOCX too. It fills an organiser's own DOCX and checks uploaded PDFs.
// It knows no database and no rooms, and only it imports the PDF library.
package document
