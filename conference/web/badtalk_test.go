package web_test

import (
	"context"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
)

// talk gives the pages on which proposals, questions and messages by hand are dealt with: a
// proposal to decide on, a question to answer, one that was answered, one that nobody was mailed, and
// something that was sent by hand.
func (s *stage) talk(ctx context.Context) []string {
	s.t.Helper()
	i := s.of("tra-vinh")
	focal := conference.WithActor(ctx, conference.Actor{Kind: conference.ActorFocalPoint, ID: i.ID, Label: i.Organisation.Vi})
	s.must(s.site.Invitations.Ask(focal, i.ID, invitation.QuestionDraft{Text: "Câu hỏi mẫu", Asker: invitation.Contact{Name: "Ngô Thị Mẫu", Phone: "0900000097"}}))
	s.exec("DELETE FROM mail WHERE kind = ? AND subject_id = (SELECT max(id) FROM invitation_question)", invitation.KindQuestion)
	return []string{deskInvitations + "/" + itoa(s.of("soc-trang").ID), deskInvitations + "/" + itoa(s.of("kien-giang").ID), deskInvitations + "/by-hand",
		deskInvitations + "/by-hand/text", "/desk/e/xii-2022/questions", "/desk/e/xii-2022/questions?show=all"}
}
