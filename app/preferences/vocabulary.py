"""The words of preferences that the house brings along: stored value to the word on screen.

What a manager adds or retires lies in `preference_options`; see `lists.py`.
"""

from flask_babel import lazy_gettext as _l

YES_NO = {"yes": _l("Yes"), "no": _l("No")}
COUNTS = {str(number): str(number) for number in range(1, 7)}

LOCATIONS = {
    "high_floor": _l("High floor"),
    "quiet": _l("Quiet"),
    "corner_room": _l("Corner room"),
    "near_elevator": _l("Near the lift"),
    "away_from_elevator": _l("Away from the lift"),
    "near_exit": _l("Near an exit"),
    "away_from_ice_machine": _l("Away from the ice machine"),
}
BEDS = {"king": _l("King bed"), "queen": _l("Queen bed"), "twin": _l("Twin beds"), "any": _l("Any")}
FIRMNESS = {"soft": _l("Soft"), "medium": _l("Medium"), "firm": _l("Firm")}
PILLOWS = {
    "soft": _l("Soft"),
    "firm": _l("Firm"),
    "feather": _l("Feather"),
    "memory_foam": _l("Memory foam"),
}
TEMPERATURES = {"cool": _l("Cool"), "moderate": _l("Moderate"), "warm": _l("Warm")}
FLOORS = {"high": _l("High"), "middle": _l("Middle"), "low": _l("Low")}
VIEWS = {"sea": _l("Sea"), "city": _l("City"), "garden": _l("Garden"), "mountain": _l("Mountain")}

DIETS = {
    "vegetarian": _l("Vegetarian"),
    "vegan": _l("Vegan"),
    "halal": _l("Halal"),
    "kosher": _l("Kosher"),
    "gluten_free": _l("Gluten-free"),
    "dairy_free": _l("Dairy-free"),
    "no_nuts": _l("No nuts"),
}
ALLERGIES = {
    "peanuts": _l("Peanuts"),
    "shellfish": _l("Shellfish"),
    "dairy": _l("Dairy"),
    "eggs": _l("Eggs"),
    "soy": _l("Soy"),
    "wheat": _l("Wheat"),
    "fish": _l("Fish"),
    "tree_nuts": _l("Tree nuts"),
}
BEVERAGES = {
    "coffee": _l("Coffee"),
    "tea": _l("Tea"),
    "green_tea": _l("Green tea"),
    "juice": _l("Juice"),
    "wine": _l("Wine"),
    "red_wine": _l("Red wine"),
    "white_wine": _l("White wine"),
    "beer": _l("Beer"),
    "cocktails": _l("Cocktails"),
}
BREAKFASTS = {
    "continental": _l("Continental"),
    "american": _l("American"),
    "vietnamese": _l("Vietnamese"),
    "buffet": _l("Buffet"),
}
BREAKFAST_PLACES = {"room": _l("In the room"), "restaurant": _l("In the restaurant")}
BREAKFAST_ITEMS = {
    "coffee": _l("Coffee"),
    "tea": _l("Tea"),
    "croissant": _l("Croissant"),
    "fruit": _l("Fruit"),
    "eggs": _l("Eggs"),
    "pho": _l("Phở"),
}

MINIBAR = {
    "water": _l("Water"),
    "juice": _l("Juice"),
    "beer": _l("Beer"),
    "wine": _l("Wine"),
    "soft_drinks": _l("Soft drinks"),
    "snacks": _l("Snacks"),
}
MINIBAR_REMOVED = {
    "alcohol": _l("Alcohol"),
    "peanuts": _l("Peanuts"),
    "snacks": _l("Snacks"),
    "soft_drinks": _l("Soft drinks"),
}
RESTOCK = {"daily": _l("Every day"), "on_request": _l("On request"), "never": _l("Never")}
MINIBAR_WISHES = {"no_alcohol": _l("No alcohol"), "extra_water": _l("Extra water")}
BATHROOM = {
    "bathrobes": _l("Bathrobes"),
    "slippers": _l("Slippers"),
    "extra_towels": _l("Extra towels"),
}
ROOM_AMENITIES = {
    "iron": _l("Iron"),
    "hair_dryer": _l("Hair dryer"),
    "coffee_maker": _l("Coffee maker"),
    "kettle": _l("Kettle"),
    "extra_blanket": _l("Extra blanket"),
    "baby_cot": _l("Baby cot"),
}

MOBILITY = {"wheelchair": _l("Wheelchair"), "walker": _l("Walking frame"), "cane": _l("Cane")}

TIMES_OF_DAY = {
    "morning": _l("Morning"),
    "afternoon": _l("Afternoon"),
    "evening": _l("Evening"),
}
HOUSEKEEPING = TIMES_OF_DAY | {"no_service": _l("No service")}
CONTACT_TIMES = TIMES_OF_DAY | {"anytime": _l("Any time")}
TRANSFERS = {
    "required": _l("Required"),
    "on_request": _l("On request"),
    "not_needed": _l("Not needed"),
}
TRANSPORT = {"taxi": _l("Taxi"), "private_car": _l("Private car"), "shuttle": _l("Shuttle")}
OCCASIONS = {
    "birthday": _l("Birthday"),
    "anniversary": _l("Anniversary"),
    "honeymoon": _l("Honeymoon"),
}
ACTIVITIES = {
    "golf": _l("Golf"),
    "tennis": _l("Tennis"),
    "yoga": _l("Yoga"),
    "swimming": _l("Swimming"),
    "spa": _l("Spa"),
    "dining": _l("Dining"),
}
CONTACTS = {
    "email": _l("E-mail"),
    "phone": _l("Phone"),
    "sms": _l("Text message"),
    "whatsapp": _l("WhatsApp"),
}
FREQUENCIES = {
    "all": _l("Everything"),
    "important_only": _l("Only what matters"),
    "none": _l("Nothing"),
}

SOURCES = {
    "guest": _l("the guest said so"),
    "staff": _l("seen by staff"),
    "booking": _l("asked for in a booking"),
    "learned": _l("learned from stays"),
}
