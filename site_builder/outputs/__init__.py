"""What leaves the house beside the sites: editions for WeChat, and what the web server noted of visits.

wechat.py           the edition of one record: text, pictures, covers, what is wrong with it
wechat_html.py      inlined styles, no classes, links as numbered notes
wechat_pictures.py  pictures and covers within WeChat's limits
visits.py           page views by record, from a web server's logs
"""
