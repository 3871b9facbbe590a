"""What the canteens and the shop sell, and what one person buys at once."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

BREAKFAST, LUNCH, DINNER, SNACK = "breakfast", "lunch", "dinner", "snack"
MEALS = (BREAKFAST, LUNCH, DINNER, SNACK)


@dataclass(frozen=True)
class Category:
    """``color`` is Odoo's index of kanban colours. The order is that of the buttons at a till."""

    code: str
    name: str
    name_en: str
    color: int


CATEGORIES = (
    Category("pot", "香锅", "Spicy pot", 1),
    Category("noodle", "面点", "Noodles and buns", 2),
    Category("meat", "荤菜", "Meat dishes", 1),
    Category("vegetable", "素菜", "Vegetables", 10),
    Category("staple", "主食", "Staples", 3),
    Category("soup", "汤羹", "Soups", 2),
    Category("fruit", "水果", "Fruit", 9),
    Category("drink", "饮品", "Drinks", 4),
    Category("snack", "零食", "Snacks", 7),
    Category("daily", "日用", "Daily needs", 5),
    Category("paper", "文具", "Stationery", 8),
)


@dataclass(frozen=True)
class Dish:
    name: str
    name_en: str
    price_minor: int
    category: str


def _dishes(category: str, *rows: tuple[str, str, int]) -> tuple[Dish, ...]:
    return tuple(Dish(name, name_en, price, category) for name, name_en, price in rows)


_RICE = _dishes("staple", ("米饭", "Rice", 60), ("杂粮饭", "Mixed grain rice", 120))
_SOUP = _dishes(
    "soup",
    ("紫菜蛋花汤", "Seaweed egg soup", 150),
    ("番茄蛋汤", "Tomato egg soup", 200),
    ("绿豆汤", "Mung bean soup", 200),
)
_DRINKS = _dishes(
    "drink", ("酸奶", "Yoghurt", 450), ("冰红茶", "Iced tea", 350), ("柠檬水", "Lemon water", 500)
)

#: Merchant -> its products.
MENU: dict[str, tuple[Dish, ...]] = {
    "canteen_rice": (
        *_RICE,
        *_dishes(
            "meat",
            ("红烧肉", "Braised pork belly", 850),
            ("宫保鸡丁", "Kung pao chicken", 700),
            ("红烧鸡腿", "Soy-braised chicken leg", 650),
            ("糖醋里脊", "Sweet and sour pork", 750),
            ("青椒肉丝", "Pork strips with green pepper", 600),
            ("清蒸鲈鱼", "Steamed sea bass", 1200),
        ),
        *_dishes(
            "vegetable",
            ("番茄炒蛋", "Tomato and egg", 400),
            ("清炒时蔬", "Seasonal greens", 280),
            ("蒜蓉西兰花", "Broccoli with garlic", 350),
            ("酸辣土豆丝", "Hot and sour potato", 250),
            ("家常豆腐", "Home-style tofu", 350),
        ),
        *_SOUP,
    ),
    "canteen_noodle": (
        *_dishes(
            "noodle",
            ("鲜肉包", "Pork bun", 200),
            ("青菜包", "Vegetable bun", 150),
            ("油条", "Fried dough stick", 150),
            ("茶叶蛋", "Tea egg", 150),
            ("葱油拌面", "Scallion oil noodles", 700),
            ("雪菜肉丝面", "Noodles with pork and greens", 1000),
            ("鲜肉小馄饨", "Pork wontons", 800),
            ("生煎包(4只)", "Pan-fried buns (4)", 700),
            ("豆花", "Soft tofu", 300),
        ),
        *_dishes("drink", ("豆浆", "Soy milk", 200), ("白粥", "Rice porridge", 100), ("纯牛奶", "Milk", 350)),
    ),
    "canteen_spicy": (
        *_RICE,
        *_dishes(
            "meat",
            ("麻婆豆腐", "Mapo tofu", 500),
            ("水煮肉片", "Boiled pork in chilli oil", 1100),
            ("回锅肉", "Twice-cooked pork", 900),
            ("辣子鸡", "Chicken with dried chilli", 1000),
            ("剁椒鱼块", "Fish with chopped chilli", 1100),
            ("小炒黄牛肉", "Stir-fried beef", 1300),
        ),
        *_dishes(
            "vegetable",
            ("干煸四季豆", "Dry-fried green beans", 500),
            ("手撕包菜", "Torn cabbage", 350),
            ("鱼香茄子", "Fish-fragrant aubergine", 500),
        ),
        *_SOUP,
        *_DRINKS,
    ),
    "canteen_halal": (
        *_RICE,
        *_dishes(
            "noodle",
            ("兰州牛肉面", "Lanzhou beef noodles", 1200),
            ("新疆拌面", "Xinjiang noodles", 1500),
            ("牛肉盖浇饭", "Beef on rice", 1400),
            ("孜然羊肉饭", "Cumin lamb on rice", 1600),
            ("大盘鸡拌面", "Big-plate chicken noodles", 1600),
            ("烤馕", "Naan", 300),
        ),
        *_dishes("vegetable", ("凉拌黄瓜", "Cucumber salad", 400), ("西红柿炒鸡蛋", "Tomato with egg", 500)),
        *_dishes("drink", ("咸奶茶", "Salted milk tea", 400), ("原味酸奶", "Plain yoghurt", 500)),
    ),
    "canteen_wok": (
        *_RICE,
        *_dishes(
            "pot",
            ("麻辣香锅(小份)", "Spicy pot, small", 1580),
            ("麻辣香锅(大份)", "Spicy pot, large", 2280),
            ("麻辣烫", "Spicy hot pot", 1480),
            ("番茄肥牛锅", "Tomato beef pot", 1980),
            ("酸菜鱼(单人)", "Fish with pickled greens", 1880),
            ("黄焖鸡米饭", "Braised chicken with rice", 1580),
            ("石锅拌饭", "Stone pot rice", 1500),
        ),
        *_DRINKS,
    ),
    "canteen_staff": (
        *_RICE,
        *_dishes(
            "meat",
            ("狮子头", "Lion's head meatball", 800),
            ("清炒虾仁", "Stir-fried shrimp", 1600),
            ("梅干菜扣肉", "Pork with preserved greens", 1000),
            ("白斩鸡", "White-cut chicken", 1000),
            ("葱烧鲫鱼", "Crucian carp with scallion", 900),
        ),
        *_dishes(
            "vegetable",
            ("上汤娃娃菜", "Baby cabbage in broth", 500),
            ("荷塘小炒", "Lotus root stir-fry", 500),
            ("香菇菜心", "Greens with mushrooms", 450),
        ),
        *_SOUP,
        *_dishes("fruit", ("水果拼盘", "Fruit plate", 500), ("苹果", "Apple", 300)),
    ),
    "shop": (
        *_dishes(
            "drink",
            ("矿泉水", "Water", 200),
            ("可乐", "Cola", 350),
            ("乌龙茶", "Oolong tea", 500),
            ("拿铁咖啡", "Caffe latte", 1200),
            ("电解质水", "Sports drink", 600),
        ),
        *_dishes(
            "snack",
            ("方便面", "Instant noodles", 500),
            ("火腿肠", "Sausage", 250),
            ("薯片", "Crisps", 790),
            ("苏打饼干", "Soda crackers", 680),
            ("巧克力", "Chocolate", 890),
            ("三明治", "Sandwich", 980),
            ("饭团", "Rice ball", 650),
            ("关东煮", "Oden", 1000),
        ),
        *_dishes(
            "paper",
            ("中性笔", "Gel pen", 300),
            ("笔记本", "Notebook", 850),
            ("A4 打印纸", "Printing paper", 2400),
            ("便利贴", "Sticky notes", 490),
        ),
        *_dishes(
            "daily",
            ("洗手液", "Hand wash", 890),
            ("牙膏", "Toothpaste", 1290),
            ("洗衣液", "Laundry liquid", 1590),
            ("洗发水", "Shampoo", 1990),
            ("沐浴露", "Shower gel", 1690),
        ),
    ),
}

#: (category, chance to take one, largest number) of a usual purchase, in this order.
Course = tuple[str, float, int]
RICE_TRAY: tuple[Course, ...] = (
    ("meat", 0.86, 2),
    ("vegetable", 0.74, 2),
    ("staple", 0.9, 1),
    ("soup", 0.22, 1),
    ("drink", 0.08, 1),
    ("fruit", 0.1, 1),
)
TRAYS: dict[str, tuple[Course, ...]] = {
    "canteen_rice": RICE_TRAY,
    "canteen_noodle": (("noodle", 1.0, 1), ("drink", 0.2, 1)),
    "canteen_spicy": RICE_TRAY,
    "canteen_halal": (("noodle", 1.0, 1), ("vegetable", 0.15, 1), ("drink", 0.12, 1)),
    "canteen_wok": (("pot", 1.0, 1), ("staple", 0.55, 1), ("drink", 0.15, 1)),
    "canteen_staff": RICE_TRAY,
    "shop": (("drink", 0.5, 1), ("snack", 0.45, 2), ("paper", 0.08, 1), ("daily", 0.12, 1)),
}
BREAKFAST_TRAY: tuple[Course, ...] = (("noodle", 0.96, 3), ("drink", 0.62, 1))
#: Highest price of a dish at breakfast.
BREAKFAST_MAX_MINOR = 400

_BY_CATEGORY = {
    merchant: {
        category.code: tuple(dish for dish in dishes if dish.category == category.code)
        for category in CATEGORIES
    }
    for merchant, dishes in MENU.items()
}


def tray(rng: Random, merchant: str, meal: str) -> tuple[Dish, ...]:
    """What one person takes at a merchant; at least one product."""
    courses = BREAKFAST_TRAY if meal == BREAKFAST else TRAYS[merchant]
    taken: list[Dish] = []
    for category, chance, most in courses:
        dishes = _BY_CATEGORY[merchant][category]
        if meal == BREAKFAST:
            dishes = tuple(dish for dish in dishes if dish.price_minor <= BREAKFAST_MAX_MINOR)
        if dishes and rng.random() < chance:
            count = 1 if most == 1 or rng.random() < 0.8 else most
            taken += rng.sample(dishes, min(count, len(dishes)))
    return tuple(taken) or (rng.choice(MENU[merchant]),)
