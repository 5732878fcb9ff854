/** Every text of the page in Chinese; en.ts has the same keys. */
const zh = {
  app: { name: '城图', field: '城图 · 外勤', demo: '演示数据', demoHint: '图形与人员均为合成演示数据，不是真实情况', skip: '跳到地图', map: '地图' },
  common: {
    close: '关闭', cancel: '取消', ok: '确定', retry: '重试', copy: '复制', copied: '已复制', copyFailed: '无法复制，请手动选择', none: '无', yes: '是', no: '否',
    loading: '正在载入', more: '更多', back: '返回', delete: '删除', all: '全部', unknown: '未知', open: '打开', count: '{n} 项', of: '{a} / {b}', unset: '未填写', optional: '可选',
    resize: '拖动以调整宽度', sheet: '拖动或点按以改变高度', synthetic: '演示', undo: '撤销', save: '保存',
  },
  units: { m: 'm', km: 'km', m2: 'm²', mu: '亩', ha: '公顷', km2: 'km²', percent: '%', seconds: '{n} 秒', minutes: '{n} 分钟', hours: '{n} 小时', ago: '{n}前', justNow: '刚刚' },
  top: { language: 'English', languageShort: 'EN', languageHint: '切换到英文', dark: '深色', light: '浅色', themeHint: '切换深色或浅色', signIn: '登录', person: '账号', shortcuts: '快捷键', menu: '菜单' },
  panels: { layers: '图层', candidates: '疑似图斑', surveys: '航飞', statistics: '统计', imports: '导入', selected: '所选对象', collapse: '收起面板', expand: '展开面板' },
  layers: {
    tree: '分组', stack: '叠放', count: '{n} 个', zoomTo: '缩放到图层', opacity: '不透明度', up: '上移', down: '下移', show: '显示 {name}', options: '{name}的选项', none: '没有可以看的图层',
    noneHint: '登录后可以看到所属角色的图层。', stackHint: '自上而下叠放，拖动或用箭头调整。', stackEmpty: '没有显示中的图层', stackEmptyHint: '在“分组”中勾选图层后，可在这里调整叠放次序。',
    from: '放大到 {zoom} 级后显示', counted: '密集处按数量汇总，{zoom} 级起逐个显示', find: '查找图层', visible: '显示中 {n} / {total}', hideAll: '全部隐藏', reset: '恢复默认', legend: '图例', otherState: '其他', empty: '尚无数据',
  },
  own: {
    new: '自建图层', tag: '自建', title: '从文件自建图层', file: '数据文件', fileHint: 'GeoPackage、Shapefile（zip）、GeoJSON、KML、FlatGeobuf、GeoParquet、DXF，或带坐标列的 CSV、xlsx；至多 200 MB、10 万行、60 列', looking: '正在读取文件，推断各列的类型', check: '请核对系统的建议，改正后创建。文件共 {n} 行，图形为{geometry}。',
    geometries: { Point: '点', MultiLineString: '线', MultiPolygon: '面' }, name: '图层名称', nameEn: '英文名称', id: '标识', idHint: '小写字母、数字、下划线；用于接口地址', colour: '颜色', label: '地图标注', key: '编号列', noKey: '自动编号', code: '编号', who: '谁可以看', staff: '本单位人员', everyone: '所有人（含公众）',
    column: '列', field: '字段名', titleZh: '中文名', type: '类型', unit: '单位', personal: '个人信息', personalHint: '只给本单位人员看，不进地图瓦片', samples: '示例', codes: '{n} 个代码：{list}', left: '不导入', types: { text: '文字', integer: '整数', number: '小数', boolean: '是否', date: '日期', datetime: '日期时间', code: '代码' },
    make: '创建图层', making: '正在创建', made: '图层“{name}”已创建，{n} 条', other: '换一个文件', drop: '删除图层', dropTitle: '删除自建图层', dropAsk: '将删除图层“{name}”及其全部数据，其他人也不能再看到它；变更记录会保留。请输入图层名称以确认：', dropped: '图层“{name}”已删除', needName: '请输入图层名称',
  },
  past: { title: '查看某日的状态', today: '今天（当前）', hint: '各图层显示为当日结束时的样子。', until: '截至 {day}', banner: '历史状态，不是当前数据', back: '回到今天' },
  ground: { title: '底图', none: '素色', vec: '电子地图', img: '卫星影像', noKey: '未配置天地图密钥，使用素色底图', failed: '天地图暂时连不上，已改用素色底图；本平台图层不受影响。', again: '重新连接', credit: '天地图' },
  flights: { title: '航片', none: '不显示', empty: '尚无航片', signIn: '登录后可看航片', pick: '选择显示哪一期航片', previous: '上一期', next: '下一期', zoomTo: '缩放到航片范围' },
  search: {
    placeholder: '搜索编号、名称、地址或坐标', label: '搜索', none: '没有找到“{q}”', noneHint: '可输入编号、名称、地址，或经纬度（116.52, 31.75）、平面坐标（454520, 3514232）。', coordinate: '坐标', results: '{n} 条结果', clear: '清除',
  },
  status: {
    cursor: '光标', lonlat: '经纬度', plane: '高斯-克吕格', copyLonlat: '复制 CGCS2000 经纬度', copyPlane: '复制 CGCS2000 三度带平面坐标（EPSG:4548）', zoom: '级别', zoomIn: '放大', zoomOut: '缩小', home: '全区', measure: '测量',
    east: '东', north: '北', scale: '比例尺', hint: '按 C 复制光标坐标',
  },
  measure: {
    title: '测量', line: '距离', area: '面积', clear: '清除', finish: '双击结束，Esc 退出，Backspace 删去上一点', start: '在地图上点击开始', length: '长度', perimeter: '周长', surface: '面积', note: '在 CGCS2000 三度带（EPSG:4548）平面上计算', selfCrossing: '边线相交，面积不可信',
  },
  feature: {
    attributes: '属性', history: '变更记录', zoomTo: '缩放到', copyLink: '复制链接', linkCopied: '链接已复制', here: '此处共 {n} 个对象', personal: '含个人信息，仅限执法使用，不得外传', personalField: '个人信息', hidden: '另有 {n} 项未填写', showEmpty: '显示未填写项', hideEmpty: '隐藏未填写项',
    gone: '找不到这个对象', goneHint: '它可能已被删除，或您的角色看不到它。', version: '第 {n} 版', nobody: '系统', noHistory: '尚无变更记录', noHistoryHint: '此后每一次修改都会记在这里：谁、何时、改了什么。', created: '新建', updated: '修改', deleted: '删除', from: '原', to: '改为', geometry: '图形', geometryChanged: '图形已修改', initial: '初始录入 {n} 项', cameBack: '恢复',
    compare: '比较', compareHint: '选两个版本，在地图上比较它们的图形和字段。', compared: '两个版本的差异', compareEnd: '结束比较', noDifference: '您可见的字段和图形没有差异。',
    restore: '恢复此版本', restoreTitle: '恢复此版本', restoreAsk: '把“{name}”恢复为第 {n} 版的内容？现有内容不会丢失：恢复会成为一个新版本，记入变更记录。', restored: '“{name}”已恢复为第 {n} 版的内容',
    reviewThis: '进入复核', flight: '查看航飞', siteCheck: '影像只是线索，须经现场核查后方可立案。',
  },
  candidates: {
    title: '疑似图斑', empty: '没有符合条件的疑似图斑', emptyHint: '放宽筛选条件，或上传新一期航飞：与上一期对比后，疑似图斑会出现在这里。', filter: '筛选', status: '状态', kind: '类型', survey: '航飞', sort: '排序', sortPriority: '优先级高的在前', sortConfidence: '可信度高的在前', sortArea: '面积大的在前', sortCode: '按编号', start: '开始复核', resume: '继续复核', total: '共 {n} 个', loadMore: '再载入 {n} 个',
    kinds: { new: '新增', demolished: '拆除', extended: '扩建', rebuilt: '重建', changed: '变化' },
    statuses: { pending: '待复核', second: '待二次复核', accepted: '已采纳', rejected: '已排除', replaced: '已并入' },
    methods: { learned: '学习模型', surface: '高度差', fused: '融合', difference: '影像差异' },
    states: { appeared: '首次发现', grew: '扩大', unchanged: '未变', gone: '消失' },
    dismissals: { permitted: '在有效许可范围内', rejected_before: '此前已排除' },
    priority: '优先级', model: '检测模型', noModel: '未用学习模型', cutAt: '{model}（阈值 {threshold}）', follows: '承接图斑', growthCheck: '增长核查', story: '各期航飞所见', until: '至 {day}，共 {n} 期',
    aside: '另有 {n} 个已移出队列', asideShow: '查看', asideShown: '已移出队列的 {n} 个', asideBack: '返回队列（{n}）', asideTitle: '已移出队列', asideEmpty: '没有移出队列的图斑', asideEmptyHint: '在有效许可范围内，或此前同一地点已排除的图斑会移到这里，可随时放回。', because: '{why}（{code}）', rejectedAs: '此前已按“{reason}”排除',
    putBack: '放回队列', putBackDone: '{code} 已放回复核队列', putBackBy: '曾移出队列：{why}；{by} 于 {at} 放回',
    minArea: '最小面积', areaFrom: '{area} m² 及以上', mergedInto: '并入图斑',
    area: '面积', height: '高度变化', confidence: '可信度', grid: '网格', division: '乡镇街道', permit: '许可', planningArea: '规划区', known: '已知违建', method: '方法', registered: '配准', registeredTo: '残差 {metres}', lost: '未能配准，经人工决定仍作比对；两期可能不是同一地块', lostChip: '未配准', unregistered: '不可靠，图斑仅供参考', noPermit: '未查到许可', noKnown: '无', noHeight: '未测出',
  },
  evidence: { take: '证据档案', making: '正在生成……', hint: '下载可核验的证据档案（BagIt）；每次导出都会登记', taken: '{code} 的证据档案已导出，登记第 {n} 号', check: '核验：./chengtu verify {name}，或解压后 sha256sum -c' },
  review: {
    title: '复核', leave: '退出复核', before: '前期', after: '后期', noBefore: '没有前期影像', noBeforeHint: '这是首期航飞，没有可比对的影像。', noAfter: '后期影像未就绪', divider: '前后分界线，可用左右方向键移动', swipe: '卷帘', side: '并排', flicker: '闪看', previous: '上一个', next: '下一个', accept: '采纳', reject: '排除', undo: '撤销', reason: '为什么排除？', reasonHint: '按数字键 1–9',
    position: '{a} / {b}', done: '这一批都看完了', doneHint: '可以改换筛选条件，或等待下一期航飞。', zoomTo: '回到图斑', outline: '轮廓',
    accepted: '已采纳 {code}，列入违法建设图层，状态为“待现场核查”。影像只是线索，不是证据；须经现场核查后方可立案。', acceptedOnly: '已采纳 {code}。影像只是线索，不是证据；须经现场核查。', seeBuilding: '查看 {code}', rejected: '已排除 {code}：{reason}', undone: '已撤销对 {code} 的结论',
    conflict: '他人已先一步处理 {code}', conflictHint: '您的结论没有写入，也没有覆盖对方的结论。下面是最新状态，请重新判断。', already: '现状态：{status}（{by}，{at}）', noRight: '您可以查看，但不能复核。复核权限由系统管理员授予。', nothingToUndo: '没有可撤销的结论', note: '备注', history: '结论记录', reviewedAs: '已有结论：{status}', showingAfter: '正在看后期', showingBefore: '正在看前期', facts: '图斑信息', pictures: '前后影像对比', shortcuts: '快捷键',
    reasons: { shadow: '阴影', vehicle: '车辆', tarpaulin: '篷布、遮阳网', crop: '作物、树木', permitted: '有许可', not_building: '不是建筑', misaligned: '影像错位', duplicate: '重复', other: '其他' },
    verdicts: { accept: '采纳', reject: '排除', undo: '撤销', redraw: '重绘', merge: '合并', split: '分割' },
    toolNames: { redraw: '重绘', split: '分割', merge: '合并' }, tools: { redraw: '重绘轮廓', split: '用线分割', merge: '与相邻图斑合并' },
    toolHints: { redraw: '在任一期影像上依次点击各角点，按回车或双击完成。已有 {n} 个点', split: '点击画一条穿过轮廓的线，按回车或双击完成。已有 {n} 个点' }, toolDone: '完成', dropPoint: '退一点', crossing: '轮廓自相交', nothingBeside: '本期没有与其重叠或相邻的图斑。',
    redrawn: '{code} 的轮廓已重绘，原轮廓留在历史中', merged: '已将 {n} 个图斑合并为 {code}', parted: '已分为 {n} 个：{codes}', comma: '、', byHand: '人工勾绘', context: { permits: '许可', planning_areas: '规划' },
    held: '他人正在处理', heldUntil: '{by}正在复核（最迟至 {until}）。您可以查看，按 J 看下一个。', waiting: '待复核 {n}', waitingSecond: '待二次复核 {n}', today: '今日 {n} 个', perHour: '每小时 {n} 个',
    toSecond: '{code} 等待另一人复核', toThird: '{code}：两人意见不一，由第三人决定', secondWaits: '二次复核：等待中', secondContested: '两人意见不一：待第三人决定', secondSaid: '{by}已{verdict}（{at}）', secondOwn: '您的结论已记录，须由另一人复核。',
    secondEyes: '二次复核', eyesFor: '适用于', eyesOf: { off: '不要求', accepted: '采纳的图斑', all: '全部结论', large: '面积大的图斑' }, eyes: { off: '不要求', accepted: '采纳的须二次复核', all: '全部须二次复核', large: '{area} m² 及以上须二次复核' }, eyesArea: '面积不小于（m²）', eyesChanged: '已修改，即刻生效', eyesBy: '{by} 修改于 {at}', eyesHint: '已有的定论不变。两人一致即为定论；不一致时由第三人决定。',
  },
  imports: {
    list: '导入记录', layer: '导入到', pickLayer: '选择图层', needLayer: '请选择图层', file: '文件', fileHint: 'GeoPackage、Shapefile（.zip）、GeoJSON、KML、Excel、CSV、DXF 等；列名用字段的中文名即可。', needFile: '请选择文件', packShape: 'Shapefile 由多个文件组成，请打包成一个 .zip。', otherFormat: '不支持这种格式。可用：{known}',
    check: '上传并检查', sending: '正在上传 {percent}', checkHint: '先逐行检查，不入库；看过结果后再确认。', empty: '尚无导入', emptyHint: '选择图层和文件：系统先逐行检查，再由您确认入库，之后仍可整批撤销。', noRight: '您不能导入', noRightHint: '导入需要规划人员等角色，请联系管理员授予。',
    back: '全部导入', into: '导入到 {layer}', storedRows: '入库 {n} 行', faultyRows: '{n} 行有错', row: '第 {n} 行', wholeFile: '整个文件', zoomTo: '缩放到这里', faults: '逐行结果', faultyHint: '可改正文件后重新上传（推荐），或只导入没有错误的行；有错的行都列在下面。',
    storeAll: '确认导入 {n} 行', storeSound: '只导入无错的 {n} 行，舍去 {wrong} 行', discard: '丢弃', discardAsk: '丢弃“{name}”的检查结果？数据库不受影响。', undo: '撤销这次导入', undoAsk: '将删除这次导入带来的 {n} 行（{layer}）。删除会记入变更记录。', undone: '已撤销，删除 {n} 行', undoneBy: '{by} 于 {at} 撤销',
    soFar: '已检查 {n} 行', busy: { queued: '排队中，马上开始……', checking: '正在逐行检查……', storing: '正在入库……' },
    facts: { rows: '行数', faulty: '有错', repaired: '已修复', stored: '入库' },
    statuses: { queued: '排队中', checking: '检查中', checked: '待确认', storing: '入库中', stored: '已入库', refused: '未通过', failed: '失败', undone: '已撤销' },
  },
  surveys: {
    title: '航飞', upload: '上传航飞', empty: '尚无航飞', emptyHint: '上传一期正射影像（GeoTIFF），系统会检查、配准，并与上一期对比。', emptyGuest: '登录为航飞人员后即可上传。', flown: '飞行日期', code: '编号', resolution: '分辨率', crs: '坐标系', baseline: '对比基准', alignment: '配准', shift: '偏移', residual: '残差', unreliable: '配准不可靠，疑似图斑仅供参考', lost: '未能配准，两期可能不是同一地块；疑似图斑多为误报，请逐个核对影像', anyway: '仍然比对', anywayAsk: '两期影像未能配准，可能不是同一地块。仍然比对会产生大量误报；您的姓名、时间和理由会记入这次航飞的历史。', anywayReason: '理由（必填），如：已核对坐标，山体滑坡后地表全变', anywayNeedsReason: '请写明理由', anywayBy: '未配准仍比对：{by} 于 {at} 决定。理由：{reason}', anywayWho: '核对无误后，可请复核人员或管理员选择“仍然比对”。', files: '文件', first: '首期，无基准',
    statuses: { draft: '待上传', queued: '排队中', processing: '处理中', done: '已完成', refused: '已拒收', failed: '处理失败' },
    stages: { check: '检查文件', prepare: '制作影像', baseline: '选择基准', align: '配准', detect: '变化检测', record: '登记图斑' },
    stageStatuses: { waiting: '等待', running: '进行中', done: '完成', failed: '失败' },
    left: '约剩 {time}', show: '显示影像', relief: '高程', zoomTo: '缩放到范围', retry: '重新处理', deleteAsk: '删除“{name}”？已上传的文件会一并删除，不能恢复。', deleted: '已删除', candidates: '疑似图斑：待复核 {pending}，已采纳 {accepted}，已排除 {rejected}', aside: '，移出队列 {n}', see: '查看疑似图斑', errorId: '报障编号', kinds: { ortho: '正射影像', dsm: '数字表面模型' }, createdBy: '{who} 于 {at} 登记', resume: '继续上传',
  },
  mosaic: { title: '多期镶嵌', show: '显示', from: '起始日期', to: '截止日期', hint: '所选日期内的航片拼在一起，新的在上，空缺处由旧的补上。不填日期即全部。', count: '由 {n} 期航飞拼成，新的在上', none: '这段日期没有可以显示的航飞', wrong: '起始日期晚于截止日期' },
  surface: { title: '地表高程', pick: '点选高程', pickHint: '在地图上点一处，查看其高程', height: '高程', gap: '此处没有高程数据' },
  profile: { title: '高程剖面', show: '查看高程剖面', none: '这条线上没有表面模型', most: '最大变化', change: '变化', note: '高程取自数字表面模型，含建筑与树木；距离按 CGCS2000 三度带平面计算' },
  upload: {
    title: '上传航飞', name: '名称', namePlaceholder: '如：三十铺镇 6 月航飞', flown: '飞行日期', ortho: '正射影像（GeoTIFF）', orthoHint: '带坐标系的 .tif / .tiff，建议分辨率优于 0.2 m', dsm: '数字表面模型（GeoTIFF）', dsmHint: '有它可以测出高度变化，少受阴影影响', choose: '选择文件', change: '更换', drop: '拖到这里，或点击选择', start: '开始上传', pause: '暂停', resume: '继续', checksum: '上传前计算 SHA-256 校验', hashing: '正在计算校验值', done: '上传完成，正在处理', close: '转到后台', closeHint: '可以关闭此窗口；关闭网页后再打开，选择同一文件即可从断点继续。',
    speed: '{speed}/s', left: '约剩 {time}', paused: '已暂停', waiting: '等待', sent: '已上传 {a} / {b}', interrupted: '连接中断，正在重试', unfinished: '有一个未传完的航飞', unfinishedHint: '“{name}”已上传 {percent}。请选择同一个文件，从断点继续。', forget: '放弃', tooBig: '文件超过上限 {max}', notTiff: '请选择 GeoTIFF（.tif 或 .tiff）文件', needName: '请填写名称', needDate: '请选择飞行日期', needOrtho: '请选择正射影像', refused: '文件没有收下', refusedHint: '平台里的数据没有改变。请按提示改正后重新上传。', failed: '上传没有完成', failedHint: '已传的部分保存在服务器上，可以继续。', quote: '报障编号', another: '再传一期', otherFile: '这不是同一个文件：应为 {name}（{size}）', noRight: '上传航飞需要航飞人员角色，由系统管理员授予。', remove: '移除',
  },
  people: {
    signIn: '登录', name: '用户名', password: '密码', submit: '登录', signOut: '退出登录', wrong: '用户名或密码不对', signedInAs: '{name}', roles: { public: '公众', planner: '规划督查', inspector: '监督员', crew: '航飞人员', reviewer: '复核员', officer: '执法人员', administrator: '系统管理员' }, area: '负责范围', everywhere: '全区', showPassword: '显示密码', hidePassword: '隐藏密码', help: '忘记密码或没有账号，请联系系统管理员。', expired: '登录已过期，请重新登录',
  },
  statistics: { title: '半年统计', year: '年份', first: '上半年', second: '下半年', period: '{year} 年{half}', figure: '指标', value: '数值', basis: '分子 / 分母', note: '说明', empty: '这半年没有记录', emptyHint: '换一个时段看看。', computed: '由平台逐条记录计算，附分子与分母，不抄录他处的比率。', seeLayer: '在地图上看', refresh: '重新计算' },
  quality: {
    title: '检测质量', halfYear: '半年统计', views: '统计内容', by: '分组', empty: '还没有疑似图斑', emptyHint: '处理过两期航飞、复核过图斑后，这里显示检测器在本区的查准率与查全率。', divisions: '按乡镇街道', kinds: '按类型', models: '按模型版本', all: '合计', row: { divisions: '乡镇街道', kinds: '类型', models: '模型版本' }, noDivision: '不在任何乡镇街道内', noModel: '未记录模型',
    precision: '查准率', recall: '查全率', precisionHint: '采纳 ÷（采纳 + 排除）', recallHint: '已发现 ÷（已发现 + 估计遗漏）', interval: '95% 区间 {low}–{high}', tooFew: '样本不足', notReviewed: '尚无结论', about: '约 {n}',
    basisEmpty: '空白处 {population} 处（{side} 见方），判读 {judged} 处，{missed} 处有遗漏', basisRejected: '已排除图斑 {population} 个，再看 {judged} 个，{missed} 个有误', basis: '估计依据', method: '区间：查准率按 Wilson（1927）；查全率按各层 Wilson 区间合成（Zou、Donner 2008）。遗漏由随机样本推算，分母不必为整数。',
    waiting: '{n} 个样本待判读', start: '开始判读', none: '没有待判读的样本', draw: '抽取样本', drawHint: '从已比对的航飞中随机抽取，按乡镇街道分层；同一种子抽出同样的样本。', drawEmpty: '空白处', drawRejected: '已排除图斑', drawDo: '抽取', drawn: '已抽取空白处 {empty} 处、已排除图斑 {rejected} 个（种子 {seed}）', noRight: '抽样与判读需要复核人员或管理员角色。',
    mode: '样本判读', leave: '退出判读', askEmpty: '两期之间，方框里有没有漏掉的建设或拆除？', askRejected: '这里曾被排除。请独立判断：两期之间有没有建设或拆除？', place: '样本', sorts: { empty: '空白处', rejected: '已排除图斑' }, survey: '航飞', judgedBy: '{by}，{at}', missedWhat: '漏掉几处？主要是哪一类？', missedHint: '按 1–5 选类型', fewer: '减一处', more: '加一处', structures: '{n} 处', done: '样本都判读完了', doneHint: '查全率已按新的判读重新估计。', own: '这个图斑是您排除的，由另一位复核人员判读。', conflict: '他人已先一步判读这个样本；您的判读没有写入。', frame: '方框', backTo: '回到样本',
    verdicts: { nothing: '确无变化', missed: '有遗漏', unclear: '看不清' }, kindsMissed: { new: '新增', extended: '扩建', rebuilt: '重建', demolished: '拆除', changed: '其他变化' },
  },
  errors: {
    network: '连不上服务器', networkHint: '图层与已填内容都还在。请检查网络后重试。', page: '页面出了差错', generic: '没有成功', genericHint: '数据没有改变，可以重试。', id: '报障编号 {id}', signIn: '需要登录', signInHint: '登录后可以看到这一部分。', forbidden: '没有权限', forbiddenHint: '此权限由系统管理员授予。', missing: '没有找到', server: '服务器出了差错', serverHint: '数据没有改变。若重试仍不行，请把报障编号告诉系统管理员。', map: '这台设备无法显示地图', mapHint: '浏览器没有开启 WebGL。请换用新版浏览器，或开启硬件加速。',
  },
  shortcuts: {
    title: '快捷键', everywhere: '任何时候', review: '复核时', sampling: '判读样本时', missed: '有遗漏，再按 1–5 选类型', search: '搜索', panel: '收起或展开面板', help: '显示快捷键', measure: '测量', copy: '复制光标坐标', escape: '退出当前操作', tabs: '图层、疑似图斑、航飞、统计', flights: '上一期、下一期航片', zoom: '放大、缩小', nextPrevious: '下一个、上一个', accept: '采纳', reject: '排除，再按 1–9 选原因', undo: '撤销', swipe: '卷帘或并排', flicker: '在两期之间闪看', divider: '移动分界线', context: '许可、规划图层', centre: '回到图斑', theme: '深色或浅色', space: '空格', home: '全区',
  },
  field: {
    locate: '我在哪个网格', locating: '正在定位', again: '重新定位', accuracy: '定位精度 ±{m}', grid: '网格', owner: '权属', manager: '管理', differ: '权属与管理不一致', differHint: '此处由{manager}日常管理，权属为{owner}。', boundary: '距网格边界', outside: '不在任何网格内', outsideHint: '此处不在本区的单元网格范围内。', division: '所在乡镇街道', denied: '没有定位权限', deniedHint: '请在系统设置中允许浏览器使用位置，或点按地图选点。', unavailable: '暂时定不了位', unavailableHint: '走到开阔处再试，或点按地图选点。', near: '离边界比定位误差还近，可能在相邻网格', pick: '点按地图可查看任意一点', contrast: '高对比度', full: '完整地图', coordinates: '坐标', picked: '地图选点', located: '定位结果', insecure: '定位需要安全连接（https）',
  },
}

export type Messages = typeof zh
export default zh
