package desk

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hoinghi/conference/audit"
	"hoinghi/conference/web/ui"
)

const auditRows = 100

func (d *Desk) auditRoutes() []ui.Route {
	return []ui.Route{ui.GET("/desk/audit", ui.Organisers, d.audit)}
}

type auditPage struct {
	ui.Frame
	Rows []auditRow
	Next string
}

type auditRow struct {
	At, Who, What, Subject string
	Detail                 []detailRow
}

type detailRow struct{ Name, Value string }

func (d *Desk) audit(r *ui.Request) error {
	entries, err := audit.Entries(r.Context(), d.DB, 0, r.QueryID("before"), auditRows)
	if err != nil {
		return err
	}
	page := auditPage{Frame: r.Frame("audit")}
	for _, e := range entries {
		page.Rows = append(page.Rows, auditLine(r, e))
	}
	if len(entries) == auditRows {
		page.Next = fmt.Sprintf("/desk/audit?before=%d", entries[len(entries)-1].ID)
	}
	return r.Page("desk/audit", page)
}

// auditLine puts a row of the record into words.
func auditLine(r *ui.Request, e audit.Entry) auditRow {
	row := auditRow{At: ui.Moment(e.At.Time, r.Lang()), Who: e.ActorLabel, What: r.T("audit." + e.Action),
		Subject: fmt.Sprintf("%s %d", r.T("audit.subject."+e.SubjectKind), e.SubjectID), Detail: details(e.Detail)}
	if e.ActorKind == "system" {
		row.Who = r.T("desk.audit.system")
	}
	return row
}

func details(raw string) []detailRow {
	var m map[string]any
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return nil
	}
	var out []detailRow
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, detailRow{Name: strings.ReplaceAll(k, "_", " "), Value: fmt.Sprint(m[k])})
	}
	return out
}
