using System.Text.Json;
using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>One key of a task file, for documentation and schema.</summary>
/// <param name="Name">The key.</param>
/// <param name="Help">One sentence.</param>
/// <param name="WriteSchema">Writes the members of a JSON Schema for its value.</param>
/// <param name="IsRequired">True when the key is required.</param>
internal sealed record TaskKey(string Name, string Help, Action<Utf8JsonWriter> WriteSchema, bool IsRequired = false);

/// <summary>The keys of task files. The readers (<see cref="TaskFile"/>, <see cref="LayoutReader"/>, <see cref="TemplateReader"/>) accept exactly these, which a test checks.</summary>
internal static class TaskKeys
{
    private static readonly string[] ScalarTypes = ["string", "number", "boolean"];

    /// <summary>Keys of a layout's <c>hub</c>.</summary>
    public static IReadOnlyList<TaskKey> Hub { get; } =
    [
        new("id", "The dataset: name or owner/name.", Scalar, true),
        new("config", "Its configuration.", Scalar),
        new("revision", "Branch, tag or commit (default: main, then the hub's conversion to Parquet).", Scalar),
    ];

    public static IReadOnlyList<TaskKey> Layout { get; } =
    [
        new("name", "Name of the layout, for --layout.", Scalar, true),
        new("format", "Format of the files.", json => Choice(json, LayoutReader.Formats), true),
        new("pattern", "Regular expression with named groups, for the format lines.", Scalar),
        new("columns", "Names of the columns, for files without a header.", Scalars),
        new("record", "Names of the lines of one record, for the format lines.", Scalars),
        new("encoding", "Encoding of text files.", json => Choice(json, LayoutReader.Encodings)),
        new("header", "Whether the first line has the names of the columns.", Boolean),
        new("delimiter", "Character between columns.", Scalar),
        new("quote", "Quotation mark, or none.", Scalar),
        new("escape", "Escape character, or none.", Scalar),
        new("sequence", "Whether a JSON file may hold documents one after another.", Boolean),
        new("skip_lines", "Number of lines above the header or the first row that are not read.", Scalar),
        new("records", "Path of the records in a JSON or XML document, or in the rows of JSON Lines and Parquet.", Scalar),
        .. Sources.RepairChoices.Table.Select(row => new TaskKey(row.Key, row.Help, json => Choice(json, [Sources.RepairChoices.RejectWord, row.Word]))),
        new("files", "File patterns of each split; a mapping of columns to patterns for parallel files.", json => Map(json, AnyValue), true),
        new("map", "Expressions for canonical columns that have another name or form in the files.", json => Map(json, Scalar)),
        new("keep_if", "Condition under which a row is kept, or several under their reasons.", ScalarOrMap),
        new("splits", "Slices of the source's splits, where this layout has others than the task.", Slices),
        new("order", "Order in which slices take rows, where the position in the file has a meaning.", json => Choice(json, TaskFile.Orders)),
        new("hub", "The dataset on the Hugging Face hub that has these files.", json => Strict(json, Hub)),
        new("note", "A note for readers.", Scalar),
    ];

    /// <summary>Keys of a template's <c>few_shot</c>: the separators of Flan 2022's few-shot patterns.</summary>
    public static IReadOnlyList<TaskKey> FewShot { get; } =
    [
        new("input_prefix", "Before every input, such as 'Q: '.", Scalar),
        new("between", "Between an input and the prefix of its target (default: a line end).", Scalar),
        new("target_prefix", "Before every target, such as 'A: '.", Scalar),
        new("separator", "Behind every exemplar (default: a blank line).", Scalar),
    ];

    public static IReadOnlyList<TaskKey> CutTarget { get; } =
    [
        new("at", "Where the text may be cut (default: sentence).", json => Choice(json, CutRule.Borders)),
        new("from", "Which side is removed (default: end).", json => Choice(json, CutRule.Sides)),
    ];

    public static IReadOnlyList<TaskKey> Cut { get; } = [new("field", "The column or field that is shortened.", Scalar, true), .. CutTarget];

    public static IReadOnlyList<TaskKey> Extract { get; } =
    [
        new("stop", "Texts at the first of which a model's text is cut.", Scalars),
        new("pattern", "Regular expression, without look-around, whose last match is the answer, or its first group.", Scalar),
        new("match", "When a text is taken for an option: exact, lenient (case and punctuation around it aside) or contained (the only one in the text).", json => Choice(json, AnswerKeysReader.Matches)),
    ];

    public static IReadOnlyList<TaskKey> Template { get; } =
    [
        new("id", "Id of the template.", Scalar, true),
        new("kind", "direct when the target is the answer.", json => Choice(json, TemplateReader.Kinds)),
        new("dialect", "Family of the template.", json => Choice(json, TemplateReader.DialectNames)),
        new("name", "A name for readers.", Scalar),
        new("note", "A note for readers.", AnyValue),
        new("reference", "Where the template comes from.", Scalar),
        new("metadata", "What the tool that it comes from says about it.", json => Map(json, AnyValue)),
        new("input", "Template of the input.", Scalar),
        new("target", "Template of the target.", Scalar),
        new("answer", "Expression for the right answer, where it is not the task's.", Scalar),
        new("answer_format", "What a model's text is read as: one of the options, a number (the last one), its first line, or the whole text.", json => Choice(json, AnswerKeysReader.Formats)),
        new("extract", "How the answer is found in a model's text.", json => Strict(json, Extract)),
        new("options", "Texts in place of the task's options, in the same order, such as true and false for yes and no.", Scalars),
        new("variants", "Names in input and target, each with the texts of which one is drawn for every example.", json => Map(json, Scalars)),
        new("few_shot", "What stands between the exemplars of its prompts with --few-shot-style template.", json => Strict(json, FewShot)),
        new("jinja", "Input and target in one text, divided at ||| (dialect promptsource).", Scalar),
        new("choices", "Template of the answer choices (dialect promptsource).", Scalar),
    ];

    public static IReadOnlyList<TaskKey> Conversation { get; } =
    [
        new("messages", "Column with the list of messages, or with its JSON.", Scalar, true),
        new("tools", "Column with the tools that the model may call, a list or its JSON.", Scalar),
        new("system", "Column with a system text, for rows whose messages do not begin with one.", Scalar),
        new("images", "Column with the images of the conversation.", Scalar),
        new("has", "What turns have beside role and text: reasoning, tool_calls, names, parts (contents with images).", json => ChoiceList(json, ConversationDefinition.PartNames)),
        new("roles", "Roles of the files that are not known everywhere, each as system, user, assistant or tool.", json => Map(json, roles => Choice(roles, ConversationDefinition.RoleNames))),
    ];

    public static IReadOnlyList<TaskKey> Task { get; } =
    [
        new("task", "Key of the task, equal to the file's name.", Scalar, true),
        new("like", "A task from which every key is taken that this file does not have.", Scalar),
        new("variants", "Keys laid over the task by --variant.", json => Map(json, AnyValue)),
        new("title", "Title for readers.", Scalar, true),
        new("columns", "Canonical columns with their types: string, int, float, bool, list, object or any, with ? when a value may be absent.", json => Map(json, Scalar), true),
        new("options", "The answer options: a list of texts, or an expression for one.", Scalars),
        new("answer", "Expression for the right answer.", Scalar),
        new("answers", "Expression for the list of right answers.", Scalar),
        new("answer_index", "Expression for the position of the right option, or a list of positions; none and negative ones drop the row as no_label.", Scalar),
        new("templates", "The templates.", json => ListOf(json, Template)),
        new("conversation", "For rows that are conversations and become examples as they are, without templates: the column of the messages, or a mapping.", ScalarOrConversation),
        new("baseline", "Prompts without instructions, for --baseline: what an untuned model is evaluated with.", json => ListOf(json, Template)),
        new("bare", "What is given and what is wanted without a word of instruction, for templates.instructions: none and name.", json => ListOf(json, Template)),
        new("layouts", "The layouts in which the data may be, in the order of preference.", json => ListOf(json, Layout), true),
        new("group", "Expression over the columns that is the same for rows that belong together, such as the questions on one passage.", Scalar),
        new("cite", "Citation of the dataset.", Scalar),
        new("licence", "Licence of the dataset.", Scalar),
        new("note", "A note for readers.", Scalar),
        new("cluster", "Cluster of a task of your own, or several, the first of which it counts under.", Scalars),
        new("same_source", "Tasks that read the same source rows.", Scalars),
        new("folders", "Other names of the data folder.", Scalars),
        new("splits", "Train, validation and test as slices of the source's splits.", Slices, true),
        new("order", "Order in which slices take rows: seeded, or source for rows as they are in the files.", json => Choice(json, TaskFile.Orders)),
        new("keep_if", "Condition under which a row is kept, or several under their reasons.", ScalarOrMap),
        new("fields", "Named expressions for templates.", json => Map(json, AnyValue)),
        new("cut", "The column or field that is shortened where an input is longer than a budget (--on-long cut), or a mapping with field, at (sentence, line, word or token) and from (end or start).", json => ScalarOrStrict(json, Cut)),
        new("cut_target", "Whether a target that is longer than its budget is shortened, as in summaries: true, or a mapping with at and from.", json => BooleanOrStrict(json, CutTarget)),
        new("evaluation", "What other tools that evaluate the task need to know; kept in the manifest.", json => Map(json, AnyValue)),
        new("answer_format", "What a model's text is read as: one of the options, a number (the last one), its first line, or the whole text.", json => Choice(json, AnswerKeysReader.Formats)),
        new("extract", "How the answer is found in a model's text.", json => Strict(json, Extract)),
        new("metrics", "Metrics of the evaluation.", json => ChoiceList(json, MetricNames.All)),
    ];

    /// <summary>The JSON Schema (2020-12) of task files, indented, with a final line feed. A file with `like` may omit the other one's keys.</summary>
    public static byte[] Schema() => JsonSchema.Write("InstructKit task", json => Members(json, Task, "like"));

    private static void Strict(Utf8JsonWriter json, IReadOnlyList<TaskKey> keys) => JsonSchema.Object(json, () => Members(json, keys, null));

    private static void ScalarOrStrict(Utf8JsonWriter json, IReadOnlyList<TaskKey> keys) => JsonSchema.AnyOf(json, Scalar, own => Strict(own, keys));

    private static void BooleanOrStrict(Utf8JsonWriter json, IReadOnlyList<TaskKey> keys) => JsonSchema.AnyOf(json, Boolean, own => Strict(own, keys));

    private static void Members(Utf8JsonWriter json, IReadOnlyList<TaskKey> keys, string? unless)
    {
        json.Object("properties", () =>
        {
            foreach (var key in keys) json.Object(key.Name, () => key.WriteSchema(json.Put("description", key.Help)));
        });
        var required = keys.Where(key => key.IsRequired).Select(key => key.Name);
        if (unless is null) json.Put("required", required);
        else json.Object("if", () => json.Put("required", [unless])).Object("else", () => json.Put("required", required));
    }

    private static void ListOf(Utf8JsonWriter json, IReadOnlyList<TaskKey> keys) => JsonSchema.ListOf(json, own => Strict(own, keys));

    private static void AnyValue(Utf8JsonWriter json)
    {
    }

    private static void Boolean(Utf8JsonWriter json) => json.Put("type", "boolean");

    // Every scalar is read as its written text; an editor treats 7 as a number and true as a boolean.
    private static void Scalar(Utf8JsonWriter json) => json.Put("type", ScalarTypes);

    private static void Scalars(Utf8JsonWriter json) => json.Put("type", [.. ScalarTypes, "array"]).Object("items", () => Scalar(json));

    private static void ScalarOrConversation(Utf8JsonWriter json) => JsonSchema.AnyOf(json, JsonSchema.Text, own => Strict(own, Conversation));

    private static void ScalarOrMap(Utf8JsonWriter json) => json.Put("type", [.. ScalarTypes, "object"]).Object("additionalProperties", () => Scalar(json));

    private static void Map(Utf8JsonWriter json, Action<Utf8JsonWriter> values) => JsonSchema.MapOf(json, values);

    private static void Slices(Utf8JsonWriter json) => JsonSchema.Object(json, () => json.Object("properties", () =>
    {
        foreach (var role in TaskFile.RoleNames) json.Object(role, () => Scalar(json));
    }));

    private static void Choice(Utf8JsonWriter json, IReadOnlyList<string> words) => json.Put("enum", words);

    private static void ChoiceList(Utf8JsonWriter json, IReadOnlyList<string> words) => json.Put("type", ["string", "array"]).Object("items", () => Choice(json, words));
}
