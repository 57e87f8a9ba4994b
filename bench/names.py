"""The names that made-up guests bear, with how often each occurs where that shapes a search."""
# ruff: noqa: SIM905 - long lists of words read best as text

# Share of the population in per mille: four surnames are two thirds of all.
VIETNAMESE_SURNAMES = {
    "Nguyễn": 384, "Trần": 121, "Lê": 95, "Phạm": 70, "Hoàng": 28, "Huỳnh": 23, "Phan": 45,
    "Vũ": 20, "Võ": 19, "Đặng": 21, "Bùi": 20, "Đỗ": 14, "Hồ": 13, "Ngô": 13, "Dương": 10,
    "Lý": 5, "Đào": 8, "Đoàn": 8, "Vương": 5, "Trịnh": 7, "Trương": 10, "Đinh": 8, "Lâm": 6,
    "Phùng": 4, "Mai": 5, "Tô": 4, "Hà": 5, "Tạ": 3, "Châu": 3, "Cao": 4, "Lưu": 4, "Thái": 3,
    "Quách": 2, "Tăng": 2, "Ninh": 1, "Kiều": 1, "Nghiêm": 1, "La": 1, "Từ": 1, "Ông": 1,
}  # fmt: skip
VIETNAMESE_MIDDLE = {
    "Văn": 170, "Thị": 230, "Minh": 60, "Đức": 40, "Ngọc": 60, "Thanh": 50, "Hữu": 30,
    "Quang": 30, "Xuân": 25, "Hoàng": 30, "Thu": 25, "Kim": 25, "Bảo": 20, "Anh": 20, "Gia": 15,
    "Quốc": 20, "Công": 12, "Thùy": 15, "Phương": 20, "Mai": 10, "Nhật": 10, "Khánh": 15,
    "Tuấn": 10, "Hồng": 15, "Như": 8, "Ánh": 8, "Diệu": 5, "Mỹ": 8, "Đình": 12, "Trọng": 8,
}  # fmt: skip
VIETNAMESE_GIVEN = (
    "Anh Hương Linh Hùng Dũng Nga Lan Hoa Mai Tuấn Minh Hải Sơn Nam Long Thảo Trang Hà Thủy Hằng"
    " Huyền Ngọc Phương Tú Quân Khoa Khôi Bảo Đạt Phúc Lộc Thọ Vy My Nhi Trâm Quỳnh Uyên Yến Oanh"
    " Tuyết Xuân Thu Hạnh Phượng Loan Cúc Đào Lý Bích Châu Diệp Dung Duyên Giang Hiền Hiếu Hòa"
    " Hoàng Hưng Huy Khánh Kiên Kim Lâm Liên Loan Lực Mạnh Mẫn Nghĩa Nhân Nhung Phong Phú Quang"
    " Quốc Quý Sang Tài Tâm Tân Thắng Thanh Thành Thiện Thịnh Thơ Thúy Tiến Tín Toàn Trí Trinh"
    " Trung Trường Tùng Việt Vinh Vũ Vương Ý Ánh An Ân Ái Băng Cường Chi Đan Đức Đông Gia Hân Khang"
    " Khuê Lam Lê Ly Mi Ngân Nguyên Nguyệt Như Phát Sinh Tố Thùy Trúc Tường Uy Văn Vi Xoan Yên"
).split()
WESTERN_GIVEN = (
    "James Mary John Patricia Robert Jennifer Michael Linda William Elizabeth David Barbara Susan"
    " Richard Joseph Thomas Christopher Charles Daniel Matthew Anthony Mark Donald Steven Paul"
    " Andrew Joshua Kenneth Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary"
    " Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Frank"
    " Alexander Raymond Patrick Jack Dennis Jerry Karen Nancy Lisa Betty Margaret Sandra Ashley"
    " Kimberly Emily Donna Michelle Dorothy Carol Amanda Melissa Deborah Stephanie Rebecca Sharon"
    " Laura Cynthia Kathleen Amy Angela Shirley Anna Brenda Pamela Emma Nicole Helen Samantha"
    " Katherine Christine Debra Rachel Carolyn Janet Catherine Maria Heather Diane Ruth Julie"
    " Olivia Joyce Virginia François Hélène Chloé Zoë Jürgen Björn Søren Łukasz Małgorzata Jiří"
    " Žofia Şükrü Iñigo João Núria Ángel Mónica Anaïs Jean-Luc Marie-Claire Anne-Marie Hans-Peter"
).split()
WESTERN_SURNAMES = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez"
    " Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris"
    " Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill"
    " Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips"
    " Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers"
    " Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson"
    " Watson Brooks Chavez Wood Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders"
    " Patel Myers Long Ross Foster Jimenez Müller Schröder Weiß Großmann Sjöström Ørsted Løkken"
    " Åkesson Wałęsa Dvořák Kovačević Çelik Yılmaz Öztürk Lefèvre Beauséjour Saint-Exupéry O'Brien"
    " O'Connor D'Angelo McDonald MacLeod van der Berg de la Cruz von Humboldt Peña Muñoz Ibáñez"
)
WESTERN_SURNAMES_LIST = [
    name.replace("~", " ")
    for name in WESTERN_SURNAMES.replace("van der Berg", "van~der~Berg")
    .replace("de la Cruz", "de~la~Cruz")
    .replace("von Humboldt", "von~Humboldt")
    .split()
]
ENDINGS = (
    "son sen berg mann stein feld ford ton ley well wood field man ski ova ini etti eau".split()
)
CHINESE_SURNAMES = {
    "王": "Wang", "李": "Li", "张": "Zhang", "刘": "Liu", "陈": "Chen", "杨": "Yang", "黄": "Huang",
    "赵": "Zhao", "吴": "Wu", "周": "Zhou", "徐": "Xu", "孙": "Sun", "马": "Ma", "朱": "Zhu",
    "胡": "Hu", "郭": "Guo", "何": "He", "林": "Lin", "高": "Gao", "罗": "Luo", "欧阳": "Ouyang",
}  # fmt: skip
CHINESE_GIVEN = {
    "小": "Xiao", "明": "Ming", "伟": "Wei", "芳": "Fang", "娜": "Na", "敏": "Min", "静": "Jing",
    "丽": "Li", "强": "Qiang", "磊": "Lei", "军": "Jun", "洋": "Yang", "勇": "Yong", "艳": "Yan",
    "杰": "Jie", "娟": "Juan", "涛": "Tao", "超": "Chao", "秀": "Xiu", "霞": "Xia", "平": "Ping",
    "刚": "Gang", "桂": "Gui", "英": "Ying", "华": "Hua", "玉": "Yu", "红": "Hong", "建": "Jian",
}  # fmt: skip
KOREAN_SURNAMES = {
    "김": "Kim", "이": "Lee", "박": "Park", "최": "Choi", "정": "Jung", "강": "Kang", "조": "Cho",
    "윤": "Yoon", "장": "Jang", "임": "Lim", "한": "Han", "오": "Oh", "서": "Seo", "신": "Shin",
}  # fmt: skip
KOREAN_GIVEN = {
    "민": "min", "준": "jun", "서": "seo", "연": "yeon", "지": "ji", "현": "hyun", "수": "su",
    "영": "young", "진": "jin", "우": "woo", "하": "ha", "은": "eun", "성": "sung", "호": "ho",
    "재": "jae", "혜": "hye", "윤": "yoon", "경": "kyung", "미": "mi", "선": "sun",
}  # fmt: skip
JAPANESE_SURNAMES = {
    "佐藤": "Satō", "鈴木": "Suzuki", "高橋": "Takahashi", "田中": "Tanaka", "伊藤": "Itō",
    "渡辺": "Watanabe", "山本": "Yamamoto", "中村": "Nakamura", "小林": "Kobayashi",
    "加藤": "Katō", "吉田": "Yoshida", "山田": "Yamada", "佐々木": "Sasaki", "山口": "Yamaguchi",
}  # fmt: skip
JAPANESE_GIVEN = {
    "太郎": "Tarō", "花子": "Hanako", "さくら": "Sakura", "翔太": "Shōta", "美咲": "Misaki",
    "陽子": "Yōko", "健一": "Ken'ichi", "直樹": "Naoki", "ユキ": "Yuki", "大輔": "Daisuke",
    "愛": "Ai", "結衣": "Yui", "蓮": "Ren", "悠真": "Yūma", "葵": "Aoi", "智子": "Tomoko",
}  # fmt: skip
COMPANY_FIRST = (
    "Sao Biển Hoa Phượng Ánh Dương Thành Đạt Phú Quý Minh Anh Đại Việt Golden Pacific Lotus Asia"
    " Mekong Blue Global Summit Horizon Nova Atlas Orient Crown Silver Dragon Ocean Star Viet Sun"
).split()
COMPANY_LAST = [
    "Travel Co., Ltd", "Du lịch", "Trading JSC", "Holdings", "Logistics", "Technology Group",
    "International", "Tourism & Events", "Consulting GmbH", "Xây dựng", "Bank", "Pharma S.A.",
]  # fmt: skip
MAIL_HOSTS = {
    "gmail.com": 620, "yahoo.com": 70, "yahoo.com.vn": 30, "outlook.com": 60, "hotmail.com": 60,
    "icloud.com": 40, "qq.com": 25, "163.com": 15, "naver.com": 25, "yahoo.co.jp": 15,
    "company.example": 10, "fpt.com.vn": 10, "web.de": 10, "orange.fr": 10,
}  # fmt: skip
CITIES = {
    "VN": ["Hà Nội", "Thành phố Hồ Chí Minh", "Đà Nẵng", "Huế", "Cần Thơ", "Hải Phòng"],
    "US": ["New York", "Chicago", "Seattle"], "DE": ["Berlin", "München"], "FR": ["Paris", "Lyon"],
    "GB": ["London", "Leeds"], "AU": ["Sydney", "Perth"], "CN": ["Beijing", "Shanghai", "Wuhan"],
    "KR": ["Seoul", "Busan"], "JP": ["Tokyo", "Osaka"],
}  # fmt: skip
