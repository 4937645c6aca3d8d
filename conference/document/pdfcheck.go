package document

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"regexp"
	"strconv"
)

// Errors of CheckPDF.
var (
	ErrNoPDF        = errors.New("not a whole PDF")
	ErrPDFEncrypted = errors.New("the PDF is encrypted")
	ErrPDFActive    = errors.New("the PDF starts programs or scripts or carries files")
)

const (
	pdfEdge    = 1024     // where header and end of file must be found
	mostObject = 16 << 20 // unpacked size of one stream of objects
	mostInAll  = 64 << 20
)

// CheckPDF looks whether a file is a PDF that can be handed on, and gives the number
// of its pages. It reads the structure, not the pages: header, end of file, page tree, also inside
// compressed object streams. Errors: ErrNoPDF, ErrPDFEncrypted, ErrPDFActive.
func CheckPDF(data []byte) (pages int, err error) {
	head := data[:min(len(data), pdfEdge)]
	tail := data[max(0, len(data)-pdfEdge):]
	if !pdfHeader.Match(head) || !bytes.Contains(tail, []byte("%%EOF")) || !bytes.Contains(tail, []byte("startxref")) {
		return 0, ErrNoPDF
	}
	objects, err := pdfObjects(data)
	if err != nil {
		return 0, err
	}
	objects = unescapeNames(objects)
	switch {
	case pdfEncrypt.Match(objects):
		return 0, ErrPDFEncrypted
	case pdfActive.Match(objects):
		return 0, ErrPDFActive
	}
	pages = pagesOf(objects)
	if pages == 0 || pages > 10000 {
		return 0, ErrNoPDF
	}
	return pages, nil
}

var (
	pdfHeader  = regexp.MustCompile(`%PDF-[12]\.\d`)
	pdfEncrypt = regexp.MustCompile(`/Encrypt[\s<\d]`)
	pdfActive  = regexp.MustCompile(`/(?:JavaScript|JS|Launch|EmbeddedFile|EF|RichMedia|SubmitForm|ImportData)[^A-Za-z0-9]`)
	pdfTree    = regexp.MustCompile(`<<|>>|/Type\s*/Pages\b|/Count\s+(\d+)`)
	pdfStream  = regexp.MustCompile(`stream(?:\r\n?|\n)`) // readers take a lone CR too
	pdfObjStm  = regexp.MustCompile(`/Type\s*/ObjStm[^A-Za-z0-9]`)
	pdfName    = regexp.MustCompile(`#[0-9A-Fa-f]{2}`)
)

// pdfObjects gives everything of a file but the content of its streams, and the
// unpacked content of those that hold objects.
func pdfObjects(data []byte) ([]byte, error) {
	var out []byte
	unpacked := 0
	for len(data) > 0 {
		at := pdfStream.FindIndex(data)
		if at == nil {
			break
		}
		before := data[:at[0]]
		out = append(append(out, before...), '\n')
		content := data[at[1]:]
		end := bytes.Index(content, []byte("endstream"))
		if end < 0 {
			return nil, ErrNoPDF
		}
		if dict := before[max(0, bytes.LastIndex(before, []byte("obj"))):]; pdfObjStm.Match(unescapeNames(dict)) {
			objects, err := inflate(content[:end])
			if unpacked += len(objects); err != nil || unpacked > mostInAll {
				return nil, ErrNoPDF
			}
			out = append(append(out, objects...), '\n')
		}
		data = content[end+len("endstream"):]
	}
	return append(out, data...), nil
}

func inflate(data []byte) ([]byte, error) {
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(r, mostObject+1))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if len(out) > mostObject {
		return nil, ErrNoPDF
	}
	return out, nil
}

// unescapeNames writes "/J#53" as "/JS": a name may hide its letters.
func unescapeNames(data []byte) []byte {
	return pdfName.ReplaceAllFunc(data, func(m []byte) []byte {
		c, err := strconv.ParseUint(string(m[1:]), 16, 8)
		if err != nil || c < '0' || c > 'z' {
			return m
		}
		return []byte{byte(c)}
	})
}

// deepest is how far dictionaries may lie in each other; those of real files stay below twenty.
const deepest = 500

// pagesOf gives the largest number of pages that a node of the page tree counts, in
// one walk over all dictionaries. 0 when there is none or they lie too deep.
func pagesOf(objects []byte) int {
	type dict struct {
		tree  bool
		count int
	}
	pages := 0
	open := []dict{{}}
	for {
		m := pdfTree.FindSubmatchIndex(objects)
		if m == nil {
			return pages
		}
		in := &open[len(open)-1]
		switch token := objects[m[0]:m[1]]; {
		case token[0] == '<':
			if len(open) > deepest {
				return 0
			}
			open = append(open, dict{})
		case token[0] == '>':
			if in.tree {
				pages = max(pages, in.count)
			}
			if len(open) > 1 {
				open = open[:len(open)-1]
			}
		case m[2] < 0:
			in.tree = true
		default:
			if n, err := strconv.Atoi(string(objects[m[2]:m[3]])); err == nil {
				in.count = n
			}
		}
		objects = objects[m[1]:]
	}
}
