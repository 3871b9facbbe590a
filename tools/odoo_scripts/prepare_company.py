"""Makes the main company Chinese: country, currency, chart of accounts. It may be run again."""

company = env.ref("base.main_company")
if company.chart_template != "cn":
    currency = env.ref("base.CNY")
    currency.active = True
    company.write({"country_id": env.ref("base.cn").id, "currency_id": currency.id})
    env["account.chart.template"].try_loading("cn", company, install_demo=False)
env.ref("base.user_admin").tz = "Asia/Shanghai"
env.cr.commit()
