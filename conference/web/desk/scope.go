package desk

import (
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/outbox"
	"hoinghi/conference/web/ui"
)

// organised gives the editions of which the visitor sees what a page of no edition lists,
// such as mails and the record: nil for all of them and what is of none.
func organised(r *ui.Request) []int64 {
	return conference.ActorOf(r.Context()).Reach(conference.RoleOrganiser)
}

// oneMail gives the mail of the address, if the visitor organises its edition; for anybody
// else there is none. From here on the request acts within that edition.
func (d *Desk) oneMail(r *ui.Request) (outbox.Mail, error) {
	id, err := r.ID("id")
	if err != nil {
		return outbox.Mail{}, err
	}
	m, err := d.Outbox.ByID(r.Context(), id)
	if err != nil {
		return outbox.Mail{}, err
	}
	if conference.MayOrganiseIn(r.Context(), m.Edition) != nil {
		return outbox.Mail{}, conference.NotFound()
	}
	r.ActAs(conference.ActorOf(r.Context()).In(m.Edition))
	return m, nil
}

// mailTopics gives what to listen to for the mails that the visitor sees.
func mailTopics(r *ui.Request) []string {
	editions := organised(r)
	if editions == nil {
		return []string{"outbox"}
	}
	topics := make([]string, 0, len(editions))
	for _, id := range editions {
		topics = append(topics, fmt.Sprintf("outbox/%d", id))
	}
	return topics
}
