package demo

import (
	"context"
	"fmt"

	"hoinghi/conference"
	"hoinghi/conference/invitation"
)

// talk lets organisations ask the secretariat and the organiser reach the silent ones by Zalo.
func (f *filler) talk(ctx, organiser context.Context, cast []party) error {
	for _, q := range []struct{ slug, text, answer string }{
		{"dong-thap", "Đoàn có 01 xe 29 chỗ, Ban Tổ chức bố trí chỗ đỗ ở đâu?", "Bãi xe cổng sau hội trường; xe có giấy vào cổng kèm cặp tài liệu của đoàn."},
		{"hau-giang", "Sở đang chờ ý kiến UBND tỉnh. Xin hỏi có thể gửi danh sách sau hạn đăng ký 02 ngày được không?", ""},
	} {
		p, err := named(cast, q.slug)
		if err != nil {
			return err
		}
		draft := invitation.QuestionDraft{Text: q.text, ClientKey: "demo", Asker: p.contact}
		if err := f.Invitations.Ask(conference.WithActor(ctx, p.actor()), p.id, draft); err != nil {
			return fmt.Errorf("question of %s: %w", q.slug, err)
		}
		all, err := invitation.QuestionsOf(ctx, f.db, p.id)
		if err != nil {
			return fmt.Errorf("read question: %w", err)
		}
		if q.answer == "" {
			continue
		}
		if err := f.Invitations.AnswerQuestion(organiser, all[0].ID, q.answer); err != nil {
			return fmt.Errorf("answer question: %w", err)
		}
	}
	p, err := named(cast, "kien-giang")
	if err != nil {
		return err
	}
	if _, err := f.Invitations.HandOver(organiser, p.id, invitation.ByZalo); err != nil {
		return fmt.Errorf("note a message by Zalo: %w", err)
	}
	return nil
}

func named(cast []party, slug string) (party, error) {
	for _, p := range cast {
		if p.slug == slug {
			return p, nil
		}
	}
	return party{}, fmt.Errorf("the demo has no %s", slug)
}

// instead gives the organisation that a declining Sở proposes; most propose none.
func instead(slug string) invitation.Proposal {
	if slug != "soc-trang" {
		return invitation.Proposal{}
	}
	return invitation.Proposal{Organisation: "Trung tâm Khuyến công và Xúc tiến thương mại Mẫu",
		Contact: invitation.Contact{Name: "Lâm Văn Thí Dụ", Phone: "0900000088", Email: "lam-van@soc-trang.vidu.invalid"}}
}
