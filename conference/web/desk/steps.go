package desk

import (
	"slices"

	"hoinghi/conference/edition"
	"hoinghi/conference/invitation"
	"hoinghi/conference/report"
	"hoinghi/conference/web/ui"
)

// step is one thing to do before the first invitation goes out.
type step struct {
	Key, Title, Text, Href string
	Done, Next             bool
}

// steps lists what is to be done for an edition until its first invitation is sent, in
// order; nil once it was.
func (d *Desk) steps(r *ui.Request) ([]step, error) {
	rows, err := report.Board(r.Context(), d.DB, r.Edition().ID)
	if err != nil {
		return nil, err
	}
	return d.stepsOf(r, report.Sum(rows))
}

func (d *Desk) stepsOf(r *ui.Request, sum report.Summary) ([]step, error) {
	e := r.Edition()
	if sum.Drafted < sum.Invitations {
		return nil, nil
	}
	waits, err := invitation.CopyWaits(r.Context(), d.DB, e.ID)
	if err != nil {
		return nil, err
	}
	confirmed, err := edition.Steps(r.Context(), d.DB, e.ID)
	if err != nil {
		return nil, err
	}
	written, err := invitation.HasText(r.Context(), d.DB, e.ID)
	if err != nil {
		return nil, err
	}
	base := "/desk/e/" + e.Slug
	var out []step
	add := func(key, href string, done bool) {
		out = append(out, step{Key: key, Title: r.T("setup.step." + key), Text: r.T("setup.step." + key + "_text"), Href: base + href, Done: done})
	}
	if waits {
		add("start", "/start", false)
	}
	add("settings", "/settings", len(missingForSending(r)) == 0)
	add("provinces", "/provinces", slices.Contains(confirmed, edition.StepProvinces))
	add("groups", "/groups", slices.Contains(confirmed, edition.StepGroups))
	add("quotas", "/invitations/quotas", sum.Invitations > 0 && sum.NoQuota == 0)
	add("organisations", "/invitations/add", sum.Invitations > 0 && sum.NoAddress == 0)
	add("text", "/invitations/text", written)
	add("send", "/invitations/send", false)
	out[slices.IndexFunc(out, func(s step) bool { return !s.Done })].Next = true
	return out, nil
}

// next gives the step after the page that is shown, for the line at its end: the first that
// is not done yet; nil once the first invitation is sent.
func (d *Desk) next(r *ui.Request) (*step, error) {
	all, err := d.steps(r)
	if err != nil || all == nil {
		return nil, err
	}
	return &all[slices.IndexFunc(all, func(s step) bool { return s.Next })], nil
}
