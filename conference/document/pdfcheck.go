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
	for _, at := range pdfTree.FindAllIndex(objects, -1) {
		dict := dictAround(objects, at[0])
		if m := pdfCount.FindSubmatch(dict); m != nil {
			if n, err := strconv.Atoi(string(m[1])); err == nil {
				pages = max(pages, n)
			}
		}
	}
	if pages == 0 || pages > 10000 {
		return 0, ErrNoPDF
	}
	return pages, nil
}

var (
	pdfHeader  = regexp.MustCompile(`%PDF-[12]\.\d`)
	pdfEncrypt = regexp.MustCompile(`/Encrypt[\s<\d]`)
	pdfActive  = regexp.MustCompile(`/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|SubmitForm|ImportData)[^A-Za-z0-9]`)
	pdfTree    = regexp.MustCompile(`/Type\s*/Pages[^A-Za-z0-9]`)
	pdfCount   = regexp.MustCompile(`/Count\s+(\d+)`)
	pdfStream  = regexp.MustCompile(`stream\r?\n`)
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
		if dict := before[max(0, bytes.LastIndex(before, []byte("obj"))):]; pdfObjStm.Match(dict) {
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

// dictAround gives the dictionary in which a place lies.
func dictAround(data []byte, at int) []byte {
	start, depth := at, 0
	for start > 0 {
		start--
		pair := data[start:min(start+2, len(data))]
		if bytes.Equal(pair, []byte("<<")) {
			if depth == 0 {
				break
			}
			depth--
			start--
		} else if bytes.Equal(pair, []byte(">>")) {
			depth++
			start--
		}
	}
	start = max(start, 0)
	depth = 0
	for end := start; end+1 < len(data); end++ {
		switch {
		case bytes.HasPrefix(data[end:], []byte("<<")):
			depth++
			end++
		case bytes.HasPrefix(data[end:], []byte(">>")):
			depth--
			end++
			if depth == 0 {
				return data[start : end+1]
			}
		}
	}
	return data[start:]
}
