package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// WriteCSV writes a table as UTF-8 with the mark by which Excel knows it. A cell that
// a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV injection).
func WriteCSV(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, "\xEF\xBB\xBF"); err != nil {
		return fmt.Errorf("write mark: %w", err)
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			safe[i] = harmless(cell)
		}
		if err := c.Write(safe); err != nil {
			return fmt.Errorf("write row: %w", err)
		}
	}
	c.Flush()
	return c.Error()
}

// harmless disarms what begins like a formula, full-width signs included.
func harmless(cell string) string {
	if strings.TrimLeft(cell, "=+-@\t\r＝＋－＠|%") != cell {
		return "'" + cell
	}
	return cell
}

// WriteWorkbook writes a table as .xlsx. Every cell is text, so that neither a
// telephone number loses its zero nor a text becomes a formula. widths are in characters.
func WriteWorkbook(w io.Writer, name string, widths []float64, rows [][]string) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return fmt.Errorf("name sheet: %w", err)
	}
	head, text, err := styles(f)
	if err != nil {
		return err
	}
	out, err := f.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("stream sheet: %w", err)
	}
	for i, width := range widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return fmt.Errorf("column width: %w", err)
		}
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("freeze header: %w", err)
	}
	for i, row := range rows {
		style := text
		if i == 0 {
			style = head
		}
		cells := make([]any, len(row))
		for c, value := range row {
			cells[c] = excelize.Cell{StyleID: style, Value: value}
		}
		if err := out.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return fmt.Errorf("write row: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("finish sheet: %w", err)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// styles gives the styles of a heading and of text; text stays text when somebody types into it.
func styles(f *excelize.File) (head, text int, err error) {
	head, err = f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true, Color: "FFFFFF"},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"8A1D1A"}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	if err != nil {
		return 0, 0, fmt.Errorf("style: %w", err)
	}
	text, err = f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return 0, 0, fmt.Errorf("style: %w", err)
	}
	return head, text, nil
}

// TemplateColumn is one column of a form to be filled in: its heading, a note that
// the heading shows, its width, and the values to choose from (none for free text).
type TemplateColumn struct {
	Heading, Note string
	Width         float64
	Choices       []string
}

// Template is a form to be filled in with a spreadsheet program. Help is a second
// sheet of plain lines; Lists names the hidden sheet that holds the choices.
type Template struct {
	Name, Lists string
	Columns     []TemplateColumn
	HelpName    string
	Help        []string
	Rows        int // how many rows get the drop-downs
}

// Write writes the form as .xlsx.
func (t Template) Write(w io.Writer) error {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	if err := f.SetSheetName("Sheet1", t.Name); err != nil {
		return fmt.Errorf("name sheet: %w", err)
	}
	for _, name := range []string{t.HelpName, t.Lists} {
		if _, err := f.NewSheet(name); err != nil {
			return fmt.Errorf("add sheet: %w", err)
		}
	}
	head, text, err := styles(f)
	if err != nil {
		return err
	}
	for i, c := range t.Columns {
		if err := t.column(f, i, c, head, text); err != nil {
			return fmt.Errorf("column %s: %w", c.Heading, err)
		}
	}
	for i, line := range t.Help {
		if err := f.SetCellStr(t.HelpName, fmt.Sprintf("A%d", i+1), line); err != nil {
			return fmt.Errorf("help: %w", err)
		}
	}
	if err := f.SetColWidth(t.HelpName, "A", "A", 110); err != nil {
		return fmt.Errorf("help: %w", err)
	}
	if err := f.SetSheetVisible(t.Lists, false); err != nil {
		return fmt.Errorf("hide lists: %w", err)
	}
	if err := f.SetPanes(t.Name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("freeze header: %w", err)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

func (t Template) column(f *excelize.File, i int, c TemplateColumn, head, text int) error {
	letter := Letters(i)
	if err := f.SetColStyle(t.Name, letter, text); err != nil {
		return err
	}
	if err := f.SetColWidth(t.Name, letter, letter, c.Width); err != nil {
		return err
	}
	if err := f.SetCellStr(t.Name, letter+"1", c.Heading); err != nil {
		return err
	}
	if err := f.SetCellStyle(t.Name, letter+"1", letter+"1", head); err != nil {
		return err
	}
	rule := excelize.NewDataValidation(true)
	rule.Sqref = fmt.Sprintf("%s2:%s%d", letter, letter, t.Rows+1)
	rule.SetInput(c.Heading, c.Note)
	if len(c.Choices) > 0 {
		for n, choice := range c.Choices {
			if err := f.SetCellStr(t.Lists, fmt.Sprintf("%s%d", letter, n+1), choice); err != nil {
				return err
			}
		}
		rule.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$1:$%s$%d", t.Lists, letter, letter, len(c.Choices)))
		rule.ShowErrorMessage = false // other spellings are read too
	}
	return f.AddDataValidation(t.Name, rule)
}
