package account

// guessedWords are the words that most passwords of people who were asked for one
// quickly are made of: the best known leaked ones, the habits of Vietnamese
// keyboards and offices, and the names this very conference suggests. Without
// marks, in lower case, parted by space. A password of only these is refused.
const guessedWords = `
password passwords passw passwd pass word pwd secret login signin welcome letmein admin administrator root
user guest test tester testing demo sample default changeme change temp temporary system server computer
internet google facebook zalo youtube gmail email mail microsoft windows office samsung iphone apple android
master monkey dragon shadow sunshine princess football baseball superman batman iloveyou love lovely forever
trustno one hello world freedom whatever starwars pokemon charlie michael jordan jessica ashley daniel thomas
robert jennifer killer hunter ranger soccer hockey summer winter spring autumn flower cookie cheese banana
orange summertime qwerty qwertyuiop qwertyui qwert asdf asdfgh asdfghjkl asdfjkl zxcv zxcvbn zxcvbnm qaz wsx
edc rfv qazwsx qazwsxedc qaswed poiuytrewq lkjhgfdsa mnbvcxz azerty abc abcd abcdef abcdefgh xyz aaa
1qaz2wsx3edc 1q2w3e4r5t6y q1w2e3r4t5y6 1qaz2wsx3edc4rfv zaq12wsxcde3 1a2b3c4d5e6f a1b2c3d4e5f6 qwe123qwe123
asd123asd123 abc123abc123 matkhau mat khau matkhaumoi matkhaucu mk mkhau matma bimat khongco khongbiet
khongnho quenroi quenmatkhau dangnhap taikhoan nguoidung quantri quantrivien hethong maytinh xinchao chao
chaoban chaomung tamthoi macdinh thunghiem moi cua toi cuatoi anhyeuem emyeuanh yeuem yeuanh anhnhoem emnhoanh
tinhyeu yeumai maimai mai mottinhyeu tinhyeucuatoi anh em yeu nho con me bo bome mebo giadinh giadinhtoi
congai contrai vochong vo chong vietnam vietnamvodich vodich toiyeuvietnam toiyeu hochiminh bacho dang
dangcongsan tphcm saigon sai gon hanoi ha noi danang haiphong cantho tayninh tay ninh dongnai binhduong longan
angiang camau baclieu kiengiang haugiang soctrang travinh vinhlong bentre tiengiang dongthap binhphuoc baria
vungtau bariavungtau binhthuan ninhthuan lamdong khanhhoa nhatrang dalat daklak hue nguyen nguyenvan tran
tranvan phamvan levan hoang huynh phan bui ngo duong khuyencong khuyen cong khuyencongquocgia quocgia hoinghi
hoi nghi hoinghikhuyencong congthuong socongthuong bocongthuong so sct cuc cucdiaphuong cuccongthuong
diaphuong trungtam trungtamkhuyencong ttkc phianam nam mien mientrung mienbac miennam khuvuc tinh thanhpho
ubnd uyban bantochuc tochuc btc daibieu thamdu diemdanh giaymoi thumoi lanthu lan thu xii xiii xiv xv cnnt
congnghiep nongthon congnghiepnongthon langnghe sanpham tieubieu ocop lienhe vanphong vanthu phong ban
phongban nhanvien canbo chuyenvien giamdoc phogiamdoc letan soatve conference promotion industrial
industrialpromotion organiser organizer steward event door secretary namnay hanhphuc thanhcong suckhoe binhan
maymai phattai phatloc locphat chucmung chucmungnammoi nammoi happynewyear happy new year tet lucky may thang
ngay hai ba tu bay chunhat motnam mothai motbabon mothaiba mothaibabon
`
