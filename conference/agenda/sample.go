package agenda

import (
	"time"

	"hoinghi/conference/edition"
	"hoinghi/db"
)

// SampleXII gives a programme of one day for the example edition, on its first day.
// Who opened it and whose papers were heard is what the press reported of 13 October
// 2022; the times and the items around them are invented in the usual shape of
// these conferences, so the edition must be marked as a sample.
func SampleXII(e edition.Edition) []Draft {
	at := func(hour, minute int) db.Time {
		return db.At(e.Start().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute).UTC())
	}
	const hallVi, hallEn = "Hội trường lớn", "Main hall"
	programme := []Draft{
		{Kind: KindReception, StartsAt: at(7, 0), EndsAt: at(7, 45),
			TitleVi: "Đón tiếp đại biểu, phát tài liệu; tham quan khu trưng bày sản phẩm công nghiệp nông thôn tiêu biểu",
			TitleEn: "Reception of delegates, conference papers; visit to the display of outstanding rural industrial products",
			ByVi:    "Ban Lễ tân", ByEn: "Reception team", RoomVi: "Sảnh chính", RoomEn: "Main lobby"},
		{Kind: KindPerformance, StartsAt: at(7, 45), EndsAt: at(8, 0), TitleVi: "Văn nghệ chào mừng", TitleEn: "Welcome performance",
			ByVi: "Đoàn nghệ thuật", ByEn: "Performing arts troupe"},
		{Kind: KindCeremony, StartsAt: at(8, 0), EndsAt: at(8, 15),
			TitleVi: "Chào cờ; tuyên bố lý do, giới thiệu đại biểu; giới thiệu chủ tọa, thư ký",
			TitleEn: "Flag salute; purpose of the conference, introduction of delegates, chair and secretaries",
			ByVi:    "Ban Tổ chức", ByEn: "Organising committee"},
		{Kind: KindSpeech, StartsAt: at(8, 15), EndsAt: at(8, 25), TitleVi: "Phát biểu chào mừng", TitleEn: "Welcome address",
			ByVi: "Lãnh đạo Sở Công Thương tỉnh Tây Ninh", ByEn: "Leadership of the Department of Industry and Trade of Tay Ninh Province"},
		{Kind: KindSpeech, StartsAt: at(8, 25), EndsAt: at(8, 40), TitleVi: "Phát biểu khai mạc Hội nghị", TitleEn: "Opening address",
			ByVi: "Ông Ngô Quang Trung, Cục trưởng Cục Công Thương địa phương",
			ByEn: "Mr Ngo Quang Trung, Director General of the Agency for Regional Industry and Trade"},
		{Kind: KindReport, StartsAt: at(8, 40), EndsAt: at(9, 10),
			TitleVi: "Báo cáo kết quả công tác khuyến công năm 2021, ước thực hiện 9 tháng năm 2022, phương hướng năm 2022 và định hướng năm 2023",
			TitleEn: "Report on industrial promotion in 2021, estimated results of nine months of 2022, tasks of 2022 and orientation for 2023",
			ByVi:    "Cục Công Thương địa phương", ByEn: "Agency for Regional Industry and Trade"},
		{Kind: KindBreak, StartsAt: at(9, 10), EndsAt: at(9, 30), TitleVi: "Giải lao, chụp ảnh lưu niệm", TitleEn: "Break, group photograph",
			RoomVi: "Sảnh chính", RoomEn: "Main lobby"},
		{Kind: KindPaper, StartsAt: at(9, 30), EndsAt: at(10, 15), Slots: 4, TitleVi: "Tham luận của các tỉnh, thành phố",
			TitleEn: "Papers from the provinces and cities", ByVi: "Các Trung tâm Khuyến công", ByEn: "The industrial promotion centres"},
		{Kind: KindDiscussion, StartsAt: at(10, 15), EndsAt: at(11, 15), TitleVi: "Thảo luận, trả lời kiến nghị của các địa phương",
			TitleEn: "Discussion and answers to the provinces’ proposals", ByVi: "Chủ tọa Hội nghị", ByEn: "The chair"},
		{Kind: KindSpeech, StartsAt: at(11, 15), EndsAt: at(11, 30), TitleVi: "Kết luận và bế mạc Hội nghị", TitleEn: "Conclusions and closing",
			ByVi: "Lãnh đạo Cục Công Thương địa phương", ByEn: "Leadership of the Agency for Regional Industry and Trade"},
		{Kind: KindMeal, StartsAt: at(11, 30), EndsAt: at(13, 30), TitleVi: "Ăn trưa", TitleEn: "Lunch", Visibility: Delegates,
			RoomVi: "Nhà ăn", RoomEn: "Dining hall"},
		{Kind: KindFieldTrip, StartsAt: at(13, 30), EndsAt: at(16, 30), TitleVi: "Khảo sát thực tế một cơ sở công nghiệp nông thôn tại Tây Ninh",
			TitleEn: "Field trip to a rural industrial establishment in Tay Ninh", ByVi: "Sở Công Thương tỉnh Tây Ninh",
			ByEn: "Department of Industry and Trade of Tay Ninh Province", Visibility: Delegates, RoomVi: "Tập trung tại cổng chính", RoomEn: "Meeting at the main gate"},
		{Kind: KindDiscussion, StartsAt: at(16, 30), EndsAt: at(17, 0), TitleVi: "Họp rút kinh nghiệm của Ban Tổ chức",
			TitleEn: "Review meeting of the organising committee", ByVi: "Ban Tổ chức", ByEn: "Organising committee", Visibility: Internal,
			RoomVi: "Phòng họp nhỏ", RoomEn: "Small meeting room"},
	}
	for i := range programme {
		if programme[i].RoomVi == "" {
			programme[i].RoomVi, programme[i].RoomEn = hallVi, hallEn
		}
		if programme[i].Visibility == "" {
			programme[i].Visibility = Public
		}
	}
	return programme
}

// Paper is a speaker with the slot that they take.
type Paper struct {
	Speaker SpeakerDraft
	Speech  SpeechDraft // without speaker and time: one follows the other
}

// SamplePapersXII gives the papers of the example edition for its session of papers,
// in order. The provinces are those whose papers the press reported; names and topics
// are invented.
func SamplePapersXII() []Paper {
	paper := func(name, gender, vi, en, topicVi, topicEn string) Paper {
		return Paper{
			Speaker: SpeakerDraft{FullName: name, Gender: gender, JobTitleVi: "Giám đốc", JobTitleEn: "Director",
				OrganisationVi: "Trung tâm Khuyến công " + vi, OrganisationEn: "Industrial Promotion Centre of " + en},
			Speech: SpeechDraft{TopicVi: topicVi, TopicEn: topicEn, Minutes: DefaultMinutes},
		}
	}
	return []Paper{
		paper("Nguyễn Thị Mẫu", "female", "Đồng Tháp", "Dong Thap", "Tham luận của tỉnh Đồng Tháp: hỗ trợ cơ sở công nghiệp nông thôn chế biến nông sản",
			"Paper from Dong Thap Province: support for rural establishments that process farm produce"),
		paper("Trần Văn Thí Dụ", "male", "Bình Phước", "Binh Phuoc", "Tham luận của tỉnh Bình Phước: ứng dụng máy móc tiên tiến trong chế biến hạt điều",
			"Paper from Binh Phuoc Province: modern machinery in cashew processing"),
		paper("Lê Thị Ví Dụ", "female", "Bà Rịa - Vũng Tàu", "Ba Ria - Vung Tau", "Tham luận của tỉnh Bà Rịa - Vũng Tàu: kết nối tiêu thụ sản phẩm tiêu biểu",
			"Paper from Ba Ria - Vung Tau Province: finding buyers for outstanding products"),
	}
}
