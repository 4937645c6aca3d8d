package edition

import (
	"time"

	"hoinghi/conference/vietnamese"
	"hoinghi/db"
)

// XII gives the draft of the example edition: the twelfth southern conference, held
// in Tây Ninh on 13 October 2022, as the press reported it. The deadline of
// registration and the secretariat are invented, so the edition is marked as a
// sample; the venue is no more exact than the report.
func XII() Draft {
	return Draft{
		Cluster: ClusterSouth, HostProvince: "tay-ninh",
		Settings: Settings{
			Ordinal:  12,
			TitleVi:  "Hội nghị công tác khuyến công các tỉnh, thành phố khu vực phía Nam lần thứ XII, năm 2022",
			TitleEn:  "12th Industrial Promotion Conference of the Southern Provinces and Cities, 2022",
			ShortVi:  "Hội nghị khuyến công phía Nam lần thứ XII",
			ShortEn:  "12th Southern Industrial Promotion Conference",
			StartsOn: "2022-10-13", EndsOn: "2022-10-13",
			VenueVi: "Tây Ninh", VenueEn: "Tay Ninh",
			AddressVi:   "Tỉnh Tây Ninh (địa điểm cụ thể là dữ liệu minh họa)",
			AddressEn:   "Tay Ninh Province (the exact place is illustrative data)",
			OrganiserVi: "Cục Công Thương địa phương (Bộ Công Thương)",
			OrganiserEn: "Agency for Regional Industry and Trade (Ministry of Industry and Trade)",
			HostVi:      "Sở Công Thương tỉnh Tây Ninh", HostEn: "Department of Industry and Trade of Tay Ninh Province",
			ContactName: "Ban Thư ký Hội nghị (dữ liệu minh họa)", ContactEmail: "banthuky@hoinghi.example",
			ContactPhone: "+84900000001",
			// Invented: hosts take late changes until the last hour.
			RegisterBy: db.At(time.Date(2022, time.October, 13, 11, 30, 0, 0, vietnamese.Zone())),
			IsPublic:   true, IsSample: true, ReportedVi: "trên 250",
		},
	}
}

// Today gives the draft of an empty edition of the eight southern provinces since
// the merger. Ordinal, dates and place are invented and marked as a sample.
func Today() Draft {
	return Draft{
		Cluster: ClusterSouth, HostProvince: "can-tho",
		Settings: Settings{
			Ordinal:  17,
			TitleVi:  "Hội nghị khuyến công các tỉnh, thành phố khu vực phía Nam (kỳ mẫu)",
			TitleEn:  "Industrial Promotion Conference of the Southern Provinces and Cities (sample edition)",
			ShortVi:  "Hội nghị khuyến công phía Nam (kỳ mẫu)",
			ShortEn:  "Southern Industrial Promotion Conference (sample)",
			StartsOn: "2027-10-14", EndsOn: "2027-10-15",
			VenueVi: "Thành phố Cần Thơ (dữ liệu minh họa)", VenueEn: "Can Tho City (illustrative data)",
			OrganiserVi: "Cục Đổi mới sáng tạo, Chuyển đổi xanh và Khuyến công (Bộ Công Thương)",
			OrganiserEn: "Department of Innovation, Green Transition and Industrial Promotion (Ministry of Industry and Trade)",
			HostVi:      "Sở Công Thương thành phố Cần Thơ", HostEn: "Department of Industry and Trade of Can Tho City",
			ContactName: "Ban Thư ký Hội nghị (dữ liệu minh họa)", ContactEmail: "banthuky@hoinghi.example", ContactPhone: "+84900000001",
			RegisterBy: db.At(time.Date(2027, time.September, 24, 17, 0, 0, 0, vietnamese.Zone())),
			IsSample:   true,
		},
	}
}
