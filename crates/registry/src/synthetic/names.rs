//! Names that people of a Japanese town have: the commonest family names, given names by generation, names from abroad.

/// Family names by frequency, the commonest first.
pub(super) const FAMILY: &str = "佐藤=サトウ 鈴木=スズキ 高橋=タカハシ 田中=タナカ 伊藤=イトウ 渡辺=ワタナベ 山本=ヤマモト 中村=ナカムラ 小林=コバヤシ 加藤=カトウ \
    吉田=ヨシダ 山田=ヤマダ 佐々木=ササキ 山口=ヤマグチ 松本=マツモト 井上=イノウエ 木村=キムラ 林=ハヤシ 斎藤=サイトウ 清水=シミズ \
    山崎=ヤマザキ 森=モリ 池田=イケダ 橋本=ハシモト 阿部=アベ 石川=イシカワ 山下=ヤマシタ 中島=ナカジマ 石井=イシイ 小川=オガワ \
    前田=マエダ 岡田=オカダ 長谷川=ハセガワ 藤田=フジタ 後藤=ゴトウ 近藤=コンドウ 村上=ムラカミ 遠藤=エンドウ 青木=アオキ 坂本=サカモト \
    福田=フクダ 太田=オオタ 西村=ニシムラ 藤井=フジイ 金子=カネコ 岡本=オカモト 藤原=フジワラ 三浦=ミウラ 中野=ナカノ 原田=ハラダ \
    松田=マツダ 竹内=タケウチ 小野=オノ 中山=ナカヤマ 田村=タムラ 河野=コウノ 和田=ワダ 石田=イシダ 森田=モリタ 上田=ウエダ \
    原=ハラ 内田=ウチダ 柴田=シバタ 酒井=サカイ 宮崎=ミヤザキ 横山=ヨコヤマ 高木=タカギ 安藤=アンドウ 宮本=ミヤモト 大野=オオノ \
    小島=コジマ 工藤=クドウ 谷口=タニグチ 今井=イマイ 高田=タカダ 増田=マスダ 丸山=マルヤマ 杉山=スギヤマ 村田=ムラタ 大塚=オオツカ \
    新井=アライ 小山=コヤマ 平野=ヒラノ 藤本=フジモト 河合=カワイ 上野=ウエノ 野口=ノグチ 武田=タケダ 松井=マツイ 千葉=チバ \
    菅原=スガワラ 岩崎=イワサキ 木下=キノシタ 久保=クボ 佐野=サノ 野村=ノムラ 松尾=マツオ 市川=イチカワ 菊地=キクチ 杉本=スギモト \
    古川=フルカワ 大西=オオニシ 島田=シマダ 水野=ミズノ 桜井=サクライ 高野=タカノ 渡部=ワタナベ 吉川=ヨシカワ 山内=ヤマウチ 西田=ニシダ \
    飯田=イイダ 菊池=キクチ 西川=ニシカワ 小松=コマツ 北村=キタムラ 安田=ヤスダ 五十嵐=イガラシ 川口=カワグチ 平田=ヒラタ 関=セキ \
    中田=ナカタ 久保田=クボタ 服部=ハットリ 東=ヒガシ 岩田=イワタ 土屋=ツチヤ 川崎=カワサキ 福島=フクシマ 本田=ホンダ 辻=ツジ \
    樋口=ヒグチ 秋山=アキヤマ 田口=タグチ 永井=ナガイ 山中=ヤマナカ 中川=ナカガワ 吉野=ヨシノ 広瀬=ヒロセ 小沢=オザワ 四月朔日=ワタヌキ";

/// Drawings of common names that registers are full of: beyond JIS level 2, compatibility characters, variation selectors, beyond the
/// basic plane.
pub(super) const DRAWN: &str = "髙橋=タカハシ 﨑山=サキヤマ 山﨑=ヤマザキ 渡邊=ワタナベ 渡邉=ワタナベ 齋藤=サイトウ 齊藤=サイトウ 𠮷田=ヨシダ 𠮷野=ヨシノ \
    辻\u{E0100}=ツジ 辻\u{E0100}本=ツジモト 葛\u{E0100}西=カサイ 濵田=ハマダ 德永=トクナガ 栁田=ヤナギダ 槗本=ハシモト 冨田=トミタ 神\u{FE00}谷=カミヤ";

/// Given names of women born before 1950, then before 1980, then after.
pub(super) const WOMEN: [&str; 3] = [
    "和子=カズコ 幸子=サチコ 節子=セツコ 洋子=ヨウコ 弘子=ヒロコ 美代子=ミヨコ 京子=キョウコ 恵子=ケイコ 文子=フミコ 千代子=チヨコ 静子=シズコ \
     キミ=キミ トシ=トシ ハル=ハル 久子=ヒサコ 信子=ノブコ 良子=ヨシコ 澄江=スミエ 八重=ヤエ 富美子=フミコ",
    "由美子=ユミコ 真由美=マユミ 明美=アケミ 久美子=クミコ 智子=トモコ 裕子=ユウコ 陽子=ヨウコ 直美=ナオミ 香織=カオリ 恵美=エミ 純子=ジュンコ \
     美穂=ミホ 麻衣=マイ 典子=ノリコ 順子=ジュンコ 里美=サトミ 千春=チハル 奈緒美=ナオミ めぐみ=メグミ 律子=リツコ",
    "陽菜=ヒナ 美咲=ミサキ さくら=サクラ 葵=アオイ 結衣=ユイ 凛=リン 愛=アイ 七海=ナナミ 彩=アヤ 遥=ハルカ 真央=マオ 心春=コハル 莉子=リコ \
     芽依=メイ 千尋=チヒロ 優奈=ユウナ 杏=アン 紬=ツムギ 琴音=コトネ ひかり=ヒカリ 美月=ミツキ 咲良=サクラ 詩=ウタ 楓=カエデ",
];

/// Given names of men, likewise.
pub(super) const MEN: [&str; 3] = [
    "清=キヨシ 勇=イサム 実=ミノル 茂=シゲル 正=タダシ 弘=ヒロシ 昭=アキラ 三郎=サブロウ 武=タケシ 進=ススム 勝=マサル 博=ヒロシ 義雄=ヨシオ \
     正雄=マサオ 一郎=イチロウ 辰夫=タツオ 敏夫=トシオ 昭二=ショウジ 邦彦=クニヒコ 源太郎=ゲンタロウ",
    "誠=マコト 浩=ヒロシ 健一=ケンイチ 隆=タカシ 修=オサム 直樹=ナオキ 大輔=ダイスケ 健太郎=ケンタロウ 和也=カズヤ 哲也=テツヤ 剛=ツヨシ \
     英樹=ヒデキ 秀樹=ヒデキ 学=マナブ 聡=サトシ 浩二=コウジ 幸一=コウイチ 康弘=ヤスヒロ 拓也=タクヤ 伸一=シンイチ",
    "蓮=レン 大翔=ヒロト 翔太=ショウタ 陸=リク 悠真=ユウマ 湊=ミナト 颯太=ソウタ 蒼=アオイ 健太=ケンタ 樹=イツキ 陽斗=ハルト 律=リツ 大和=ヤマト \
     朝陽=アサヒ 海斗=カイト 優斗=ユウト 拓海=タクミ 奏=カナデ 一颯=イブキ 新=アラタ 直人=ナオト 駿=シュン 晴=ハル 慶太=ケイタ",
];

/// Names from abroad as the register writes them: the whole name, sometimes one word alone; then a 通称 with its reading, or `-`.
pub(super) const ABROAD: &str = "NGUYEN VAN HUNG=- TRAN THI HOA=- LE MINH TUAN=- PHAM THI MAI=- SANTOS MARIA CRISTINA=- DELA CRUZ JUAN MIGUEL=- \
    SUHARTO=- WIDODO=- SITI=- AYU LESTARI=- SHRESTHA RAM BAHADUR=- GURUNG SITA=- SILVA JOAO PEDRO DE OLIVEIRA=- OLIVEIRA ANA=- \
    KIM MINSOO=金山 明=カナヤマ アキラ PARK JIYOUNG=新井 ジヨン=アライ ジヨン LI WEI=- WANG FANG=王 芳=オウ ホウ ZHANG HAO=- CHEN XIAOMEI=- \
    SMITH ROBERT JAMES=- O'CONNOR SIOBHAN MARY=- MULLER ANNA-LENA=- MYA=- THANT ZIN=- KHAN MUHAMMAD ALI=- SUNDARAM=- \
    RAKOTOMALALA ANDRIANANTENAINA FANJANIRINA HARIMALALA=- BATBAYAR=- IVANOVA ELENA PETROVNA=-";

/// 在留資格 as ids.
pub(super) const RESIDENCE: &[&str] = &[
    "permanent_resident",
    "specified_skilled_worker",
    "technical_intern",
    "student",
    "engineer_humanities",
    "long_term_resident",
    "spouse_of_national",
    "special_permanent_resident",
];

/// Towns of 見本市 with their postal codes; none of these codes exists.
pub(super) const TOWNS: &[(&str, &str, u8)] = &[
    ("中央", "0000001", 5),
    ("緑町", "0000002", 4),
    ("桜台", "0000003", 6),
    ("若葉町", "0000004", 3),
    ("栄町", "0000005", 4),
    ("本町", "0000006", 3),
    ("東見本", "0000011", 6),
    ("西見本", "0000012", 5),
    ("南が丘", "0000013", 4),
    ("北浜", "0000014", 2),
    ("港町", "0000015", 3),
    ("旭ケ丘", "0000016", 5),
    ("川原", "0000021", 0),
    ("大字上見本", "0000022", 0),
    ("大字下見本字塚越", "0000023", 0),
    ("大字山手", "0000024", 0),
];

/// Buildings.
pub(super) const BUILDINGS: &[&str] = &[
    "コーポ見本",
    "見本ハイツ",
    "メゾン桜台",
    "グリーンハイム",
    "市営中央団地",
    "県営緑町住宅",
    "ライオンズ見本",
    "サンコート若葉",
    "ヴィラ・ミホン",
    "レジデンス栄",
];
