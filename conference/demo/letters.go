package demo

import (
	"bytes"
	"context"
	"fmt"

	"hoinghi/conference/document"
	"hoinghi/conference/invitation"
)

// signedSamples is how many organisations have a signed letter in the demo.
const signedSamples = 2

// writeLetters writes the texts of the official letters and gives two organisations
// a scan, which says on each page that it is a sample: nobody signed it.
func (f *filler) writeLetters(ctx context.Context, cast []party) error {
	for _, kind := range invitation.LetterKinds() {
		t := f.Invitations.DefaultLetter(f.xii, kind)
		if kind == invitation.GiayMoi {
			t.Symbol, t.Agency = "GM-CTĐP", "CỤC CÔNG THƯƠNG\nĐỊA PHƯƠNG"
			t.Abstract = "Tham dự Hội nghị công tác khuyến công các tỉnh, thành phố\nkhu vực phía Nam lần thứ XII, năm 2022"
		}
		if err := f.Invitations.SetLetterText(ctx, f.xii.ID, kind, t); err != nil {
			return fmt.Errorf("write letter: %w", err)
		}
	}
	for _, p := range cast[:signedSamples] {
		l, err := f.Invitations.Letter(ctx, f.db, p.id, invitation.GiayMoi, nil)
		if err != nil {
			return fmt.Errorf("make sample letter: %w", err)
		}
		l.Signer = "(BẢN MẪU, KHÔNG CÓ CHỮ KÝ)"
		var b bytes.Buffer
		if err := document.LetterPDF(&b, l); err != nil {
			return fmt.Errorf("make sample letter: %w", err)
		}
		if err := f.Invitations.SetSigned(ctx, p.id, invitation.GiayMoi, "ban-mau-"+p.slug+".pdf", b.Bytes()); err != nil {
			return fmt.Errorf("keep sample letter: %w", err)
		}
	}
	return nil
}
