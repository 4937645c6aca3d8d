package demo

import (
	"fmt"
	"slices"
)

// The delegate groups by their place in the edition of 2022.
const (
	groupLeaders = iota
	groupDivisions
	groupIPC
	groupMinistry
	groupHostAgencies
	groupDistrictLeaders
	groupDistrictDivisions
	groupEnterprises
	groupVillages
	groupPress
	groupCount
)

// scene is one Sở as the script has it. The arrays count people by delegate group.
type scene struct {
	slug, name string
	stance     stance
	reason     string
	absent     bool // nobody came to the door yet
	quota      [groupCount]int
	registered [groupCount]int
	late       [groupCount]int // entered, not sent yet
	excused    [groupCount]int // registered, then withdrawn
}

// script gives the 20 Sở. Bodies of the Ministry, of the host province and of the
// press come under the host's invitation. The registered are 268 in all.
func script() []scene {
	usual := [groupCount]int{2, 2, 3, 0, 0, 1, 1, 3, 1, 1}
	return []scene{
		{slug: "tay-ninh", name: "Tây Ninh", quota: [groupCount]int{3, 12, 12, 10, 16, 9, 9, 15, 6, 12},
			registered: [groupCount]int{3, 11, 11, 8, 14, 9, 9, 13, 5, 9}, excused: [groupCount]int{groupEnterprises: 1}},
		{slug: "an-giang", name: "An Giang", quota: [groupCount]int{2, 2, 3, 0, 0, 1, 1, 3, 2, 1},
			registered: [groupCount]int{2, 1, 3, 0, 0, 0, 1, 2, 2, 0}},
		{slug: "ba-ria-vung-tau", name: "Bà Rịa - Vũng Tàu", quota: [groupCount]int{2, 2, 4, 0, 0, 1, 2, 3, 1, 1},
			registered: [groupCount]int{2, 2, 4, 0, 0, 1, 2, 3, 1, 1}},
		{slug: "bac-lieu", name: "Bạc Liêu", stance: accepting, quota: usual},
		{slug: "ben-tre", name: "Bến Tre", absent: true, quota: [groupCount]int{2, 2, 3, 0, 0, 1, 1, 3, 2, 1},
			registered: [groupCount]int{2, 2, 2, 0, 0, 1, 1, 2, 2, 0}, excused: [groupCount]int{groupEnterprises: 1}},
		{slug: "binh-duong", name: "Bình Dương", quota: [groupCount]int{2, 3, 3, 0, 0, 1, 2, 4, 0, 1},
			registered: [groupCount]int{2, 3, 3, 0, 0, 1, 2, 4, 0, 1}},
		{slug: "binh-phuoc", name: "Bình Phước", quota: [groupCount]int{2, 2, 4, 0, 0, 1, 1, 3, 1, 1},
			registered: [groupCount]int{2, 2, 4, 0, 0, 1, 1, 3, 1, 1}},
		{slug: "binh-thuan", name: "Bình Thuận", quota: [groupCount]int{2, 2, 3, 0, 0, 1, 1, 3, 2, 1},
			registered: [groupCount]int{2, 2, 3, 0, 0, 1, 1, 2, 2, 0}},
		{slug: "ca-mau", name: "Cà Mau", stance: declining, quota: usual,
			reason: "Trùng với đợt kiểm tra cụm công nghiệp trên địa bàn tỉnh; Sở xin gửi báo cáo bằng văn bản (lý do minh họa)."},
		{slug: "can-tho", name: "Cần Thơ", absent: true, quota: [groupCount]int{2, 2, 3, 0, 0, 1, 1, 3, 0, 1},
			registered: [groupCount]int{2, 2, 2, 0, 0, 0, 1, 2, 0, 0}},
		{slug: "dong-nai", name: "Đồng Nai", quota: [groupCount]int{2, 3, 3, 0, 0, 1, 2, 3, 1, 1},
			registered: [groupCount]int{2, 3, 3, 0, 0, 1, 1, 3, 1, 0}},
		{slug: "dong-thap", name: "Đồng Tháp", quota: [groupCount]int{2, 2, 4, 0, 0, 1, 1, 3, 2, 1},
			registered: [groupCount]int{2, 2, 4, 0, 0, 1, 1, 3, 2, 1}},
		{slug: "hau-giang", name: "Hậu Giang", stance: looking, quota: usual},
		{slug: "kien-giang", name: "Kiên Giang", stance: silent, quota: usual},
		{slug: "long-an", name: "Long An", quota: [groupCount]int{2, 2, 3, 0, 0, 1, 2, 3, 1, 1},
			registered: [groupCount]int{2, 2, 3, 0, 0, 1, 1, 2, 1, 0},
			late:       [groupCount]int{groupDistrictDivisions: 1, groupEnterprises: 1, groupPress: 1}},
		{slug: "soc-trang", name: "Sóc Trăng", stance: declining, quota: usual,
			reason: "Sở tổ chức lớp tập huấn khuyến công cùng ngày, không bố trí được đại biểu (lý do minh họa)."},
		{slug: "ho-chi-minh", name: "TP. Hồ Chí Minh", quota: [groupCount]int{3, 3, 4, 0, 0, 2, 2, 4, 1, 1},
			registered: [groupCount]int{3, 3, 4, 0, 0, 1, 2, 4, 0, 1}},
		{slug: "tien-giang", name: "Tiền Giang", quota: usual, registered: usual},
		{slug: "tra-vinh", name: "Trà Vinh", stance: silent, quota: usual},
		{slug: "vinh-long", name: "Vĩnh Long", absent: true, quota: [groupCount]int{2, 2, 3, 0, 0, 1, 1, 2, 2, 1},
			registered: [groupCount]int{1, 2, 3, 0, 0, 0, 1, 1, 2, 0}},
	}
}

// part gives the job title and the organisation of the n-th person of a group; no
// organisation means the invited Sở. Bodies below the province, firms, villages and
// newspapers are invented and named so.
func (c *caster) part(s scene, group, n int) (title, organisation string) {
	nth := func(titles ...string) string { return titles[n%len(titles)] }
	switch group {
	case groupLeaders:
		return "Phó Giám đốc", ""
	case groupDivisions:
		return nth("Trưởng phòng Quản lý công nghiệp", "Phó Trưởng phòng Quản lý công nghiệp", "Chuyên viên phòng Quản lý công nghiệp", "Phó Chánh Văn phòng",
			"Phó Trưởng phòng Kế hoạch - Tài chính", "Chuyên viên chính phòng Quản lý thương mại", "Chuyên viên Văn phòng", "Lái xe"), ""
	case groupIPC:
		return nth("Phó Giám đốc", "Trưởng phòng Khuyến công", "Viên chức phòng Khuyến công", "Phó Trưởng phòng Tư vấn", "Kế toán", "Viên chức"), centre(s)
	case groupMinistry:
		return nth("Phó Trưởng phòng Khuyến công", "Phó Vụ trưởng", "Phó Viện trưởng", "Chuyên viên chính", "Trưởng phòng"),
			nth("Cục Công Thương địa phương", "Vụ Thí Dụ, Bộ Công Thương", "Viện Ví Dụ, Bộ Công Thương", "Cục Công Thương địa phương", "Cục Minh Họa, Bộ Công Thương")
	case groupHostAgencies:
		return nth("Phó Giám đốc", "Trưởng phòng", "Phó Trưởng phòng"), hostAgencies(s)[n%9]
	case groupDistrictLeaders:
		return "Phó Chủ tịch", "Ủy ban nhân dân " + district(n)
	case groupDistrictDivisions:
		return nth("Trưởng phòng", "Phó Trưởng phòng", "Chuyên viên"), "Phòng Kinh tế và Hạ tầng " + district(n)
	case groupEnterprises:
		return nth("Giám đốc", "Chủ tịch Hội đồng quản trị", "Phó Giám đốc", "Trưởng phòng kinh doanh", "Chủ cơ sở"), c.enterprise(s)
	case groupVillages:
		return nth("Trưởng ban quản lý làng nghề", "Nghệ nhân", "Phó Trưởng ban quản lý làng nghề"), c.village(s)
	}
	return nth("Phóng viên", "Biên tập viên", "Quay phim", "Phóng viên"),
		nth("Báo Thí Dụ", "Đài Phát thanh và Truyền hình Minh Họa", "Tạp chí Công nghiệp Ví Dụ", "Báo Giả Định", "Trang tin Mẫu")
}

// centre gives the province's unit for industrial promotion. Their names follow no
// rule; two of them are known.
func centre(s scene) string {
	switch s.slug {
	case "ba-ria-vung-tau":
		return "Trung tâm Khuyến công và tư vấn phát triển công nghiệp Bà Rịa - Vũng Tàu"
	case "binh-thuan":
		return "Trung tâm Khuyến công và Xúc tiến thương mại Bình Thuận"
	}
	return "Trung tâm Khuyến công " + s.name
}

func hostAgencies(s scene) []string {
	out := []string{"Sở Kế hoạch và Đầu tư", "Sở Tài chính", "Sở Khoa học và Công nghệ", "Sở Nông nghiệp và Phát triển nông thôn",
		"Sở Văn hóa, Thể thao và Du lịch", "Sở Tài nguyên và Môi trường", "Liên minh Hợp tác xã", "Hội Nông dân", "Ban Quản lý Khu kinh tế"}
	for n := range out {
		out[n] += " tỉnh " + s.name
	}
	return out
}

// district gives the n-th of nine invented districts.
func district(n int) string {
	return []string{"huyện Thí Dụ", "thành phố Ví Dụ", "huyện Minh Họa", "thị xã Giả Định", "huyện Mẫu", "huyện Ví Dụ Đông", "huyện Ví Dụ Tây",
		"huyện Minh Họa Bắc", "thị xã Thí Dụ Nam"}[n%9]
}

func (c *caster) enterprise(s scene) string {
	kind := c.pick([]string{"Công ty TNHH", "Công ty Cổ phần", "Hợp tác xã", "Cơ sở", "Doanh nghiệp tư nhân"})
	product := c.pick([]string{"Gỗ mỹ nghệ", "Thủ công mỹ nghệ", "Chế biến nông sản", "Thực phẩm", "Cơ khí nông nghiệp", "Gốm sứ", "Tinh dầu", "Trái cây sấy",
		"Mật ong", "Dệt may", "Nước mắm", "Kẹo dừa", "Trà và cà phê", "Yến sào", "Bao bì giấy", "Hạt điều", "Muối ớt", "Tinh bột"})
	return fmt.Sprintf("%s %s %s %s", kind, product, c.marker(), s.name)
}

func (c *caster) village(s scene) string {
	craft := c.pick([]string{"bánh tráng phơi sương", "đan lát mây tre", "dệt chiếu", "dệt thổ cẩm", "gốm đỏ", "đúc đồng", "chằm nón", "se nhang", "mộc gia dụng", "làm bột gạo"})
	return fmt.Sprintf("Làng nghề %s %s, %s", craft, c.marker(), s.name)
}

// marker picks a word that shows a name to be a sample.
func (c *caster) marker() string { return c.pick(slices.Compact(slices.Clone(c.names.markers))) }
