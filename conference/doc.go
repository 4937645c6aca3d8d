// Package conference holds the words that every room of the house shares: kinds
// of error, who acts, and identifiers. It imports the standard library only.
//
// Glossary (Vietnamese term → identifier used in code, tables and addresses):
//
//	kỳ hội nghị, lần thứ …      edition, ordinal
//	đăng cai                    host
//	đơn vị, cơ quan             organisation
//	Sở Công Thương              doit
//	nhóm đại biểu, thành phần   delegate group
//	chỉ tiêu                    quota
//	giấy mời                    invitation letter; the row that tracks it: invitation
//	đoàn, trưởng đoàn           delegation, head of delegation
//	đầu mối                     focal point
//	đại biểu                    delegate
//	thẻ đại biểu                badge; what its QR holds: badge code
//	điểm danh                   check-in; one reading of one badge: scan
//	chương trình, phiên         agenda, session
//	mã đơn vị                   short code
package conference
