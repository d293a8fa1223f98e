"""A list of two sections and what it says, which cases of extras go on."""

READ = """annex-1 《物业服务考核评分标准》 -
  [综合管理] 40
    1 | 制度健全，人员到位 | 20
    2 | 档案完整，台账清楚 | 20
  [保洁服务] 60
    1 | 楼道每日清扫 | 30
    2 | 垃圾日产日清 | 30"""
"""Its reading, as `read_drawn` writes it."""
