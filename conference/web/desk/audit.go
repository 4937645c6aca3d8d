package desk

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hoinghi/conference"
	"hoinghi/conference/audit"
	"hoinghi/conference/edition"
	"hoinghi/conference/web/ui"
)

const auditRows = 100

func (d *Desk) auditRoutes() []ui.Route {
	return []ui.Route{ui.GET("/desk/audit", ui.AnyOrganisers, d.audit)}
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
	entries, err := audit.EntriesWithin(r.Context(), d.DB, organised(r), r.QueryID("before"), auditRows)
	if err != nil {
		return err
	}
	editions, err := edition.All(r.Context(), d.DB)
	if err != nil {
		return err
	}
	page := auditPage{Frame: r.Frame("audit")}
	for _, e := range entries {
		row := auditLine(r, e)
		for _, of := range editions {
			if e.SubjectKind == "edition" && of.ID == e.SubjectID {
				row.Subject = of.Short(r.Lang())
			}
		}
		page.Rows = append(page.Rows, row)
	}
	if len(entries) == auditRows {
		page.Next = fmt.Sprintf("/desk/audit?before=%d", entries[len(entries)-1].ID)
	}
	return r.Page("desk/audit", page)
}

// auditLine puts a row of the record into words.
func auditLine(r *ui.Request, e audit.Entry) auditRow {
	return auditRow{At: ui.Moment(e.At.Time, r.Lang()), Who: actorName(r, e.ActorKind, e.ActorLabel), What: r.T("audit." + e.Action),
		Subject: fmt.Sprintf("%s %d", r.T("audit.subject."+e.SubjectKind), e.SubjectID), Detail: details(r, e.Detail)}
}

// actorName says who acted: by the label on record, or in words for those who have none.
func actorName(r *ui.Request, kind conference.ActorKind, label string) string {
	switch kind {
	case conference.ActorSystem:
		return r.T("desk.audit.system")
	case conference.ActorNobody:
		return r.T("desk.audit.visitor")
	case conference.ActorStaff, conference.ActorFocalPoint, conference.ActorDelegate, conference.ActorDevice:
	}
	return label
}

func details(r *ui.Request, raw string) []detailRow {
	var m map[string]any
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return nil
	}
	var out []detailRow
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if v := worded(r, m[k]); v != "" {
			out = append(out, detailRow{Name: fieldName(r, k), Value: v})
		}
	}
	return out
}

// fieldName gives the words for a detail's name; one without words yet is shown as it is.
func fieldName(r *ui.Request, name string) string {
	if key := "audit.field." + name; r.Site().Locales.In(r.Lang()).Has(key) {
		return r.T(key)
	}
	return strings.ReplaceAll(name, "_", " ")
}

// worded puts a detail's value into words: moments in Viet Nam's time, lists with
// commas, parts by name; what says nothing (nothing, no moment) is left out.
func worded(r *ui.Request, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return r.T("audit.yes")
		}
		return r.T("audit.no")
	case string:
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			if t.Year() <= 1 {
				return ""
			}
			return ui.Moment(t, r.Lang())
		}
		for _, words := range []string{"audit.field.", "edition.organisation.", "desk.mail.kind.", "outbox.state."} {
			if r.Site().Locales.In(r.Lang()).Has(words + v) {
				return r.T(words + v)
			}
		}
		return v
	case []any:
		var parts []string
		for _, p := range v {
			parts = append(parts, worded(r, p))
		}
		return strings.Join(parts, "; ")
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if text := worded(r, v[k]); text != "" {
				parts = append(parts, fieldName(r, k)+" "+text)
			}
		}
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}
