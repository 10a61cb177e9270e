using System.Text.Json;
using InstructKit.Tasks;

namespace InstructKit.Authoring.Importing.Unitxt;

/// <summary>
/// A card: where the rows are and how their fields are derived. Steps that are plain renames, copies, constants and mappings become expressions; a card with
/// any other step is rejected, naming the step.
/// </summary>
/// <param name="artifact">The card.</param>
/// <param name="collector">Where omissions are reported.</param>
internal sealed class UnitxtCard(UnitxtArtifact artifact, ImportCollector collector)
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly List<(string Reason, string Expression)> _keepIf = [];
    private readonly List<(string SliceKind, string Slice)> _slices = [.. TaskFile.RoleNames.Select(split => (split, split))];

    /// <summary>Fields of the row as expressions over the source's columns, in order of definition.</summary>
    public IEnumerable<(string Name, string Expression)> Fields => _order.Where(_fields.ContainsKey).Distinct(StringComparer.Ordinal).Select(name => (name, _fields[name]));

    /// <summary>Conditions under which a row is kept, by drop reason.</summary>
    public IReadOnlyList<(string Reason, string Expression)> KeepIf => _keepIf;

    /// <summary>Our slices.</summary>
    public IReadOnlyList<(string SliceKind, string Slice)> Slices => _slices;

    /// <summary>Dataset and configuration on the hub; or null.</summary>
    public (string Id, string? Config)? Dataset { get; private set; }

    /// <summary>Reads loader, steps and the defaults of its task; false when the card cannot be imported.</summary>
    public bool Read(UnitxtCatalog catalog)
    {
        if (!artifact.Json.TryGetProperty("loader", out var loader) || UnitxtArtifact.TypeOf(loader) is not ("load_hf" or "load_from_hf" or "load_csv" or "load_json" or "load_jsonl" or "load_json_file"))
        {
            collector.LeaveOut(ImportCodes.NoCounterpart, $"The card '{artifact.Name}' has no loader that names a dataset of the hub or files.", artifact.Find("loader"));
            return false;
        }

        if (UnitxtArtifact.TextOf(loader, "path") is { } path && UnitxtArtifact.TypeOf(loader).EndsWith("hf", StringComparison.Ordinal)) Dataset = (path, UnitxtArtifact.TextOf(loader, "name"));

        foreach (var step in artifact.Json.TryGetProperty("preprocess_steps", out var steps) && steps.ValueKind == JsonValueKind.Array ? steps.EnumerateArray() : [])
        {
            var type = step.ValueKind == JsonValueKind.String ? step.GetString()! : UnitxtArtifact.TypeOf(step);
            if (!Apply(type, step))
            {
                collector.LeaveOut(ImportCodes.PythonCode, $"The card '{artifact.Name}' has the step '{type}', which is Python code.", artifact.Find(type));
                return false;
            }
        }

        ReadDefaults(catalog);
        return true;
    }

    // Values of the task for fields that no step has set.
    private void ReadDefaults(UnitxtCatalog catalog)
    {
        if (!artifact.Json.TryGetProperty("task", out var task)) return;

        if (task.ValueKind == JsonValueKind.String)
        {
            if (catalog.Find(task.GetString()!) is not { } named)
            {
                collector.Remark(ImportCodes.NotApplied, $"'{task.GetString()}', which '{artifact.Name}' names, is not among the imported files; fields that it has defaults for have to be columns of the rows.", artifact.Find(task.GetString()!));
                return;
            }

            task = named.Json;
        }

        if (task.ValueKind != JsonValueKind.Object || !task.TryGetProperty("defaults", out var defaults) || defaults.ValueKind != JsonValueKind.Object) return;

        foreach (var field in defaults.EnumerateObject().Where(field => !_fields.ContainsKey(field.Name))) Set(field.Name, Literal(field.Value));
    }

    private bool Apply(string type, JsonElement step)
    {
        switch (type)
        {
            case "rename" or "rename_fields":
                return ForPairs(step, (from, to) =>
                {
                    var expression = Of(from);
                    _fields.Remove(from);
                    Set(to, expression);
                });
            case "copy" or "copy_fields":
                return ForPairs(step, (from, to) => Set(to, Of(from)));
            case "set" or "add_fields":
                if (!step.TryGetProperty("fields", out var fields) || fields.ValueKind != JsonValueKind.Object) return false;

                foreach (var field in fields.EnumerateObject()) Set(field.Name, Literal(field.Value));

                return true;
            case "map_instance_values":
                return step.TryGetProperty("mappers", out var mappers) && mappers.ValueKind == JsonValueKind.Object && mappers.EnumerateObject().All(ApplyMapper);
            case "list_field_values":
                if (!step.TryGetProperty("fields", out var names) || names.ValueKind != JsonValueKind.Array || UnitxtArtifact.TextOf(step, "to_field") is not { } list) return false;

                Set(list, $"[{string.Join(", ", names.EnumerateArray().Select(name => Of(name.ToString())))}]");
                return true;
            case "index_of":
                if (UnitxtArtifact.TextOf(step, "search_in") is not { } where || UnitxtArtifact.TextOf(step, "index_of") is not { } what || UnitxtArtifact.TextOf(step, "to_field") is not { } index)
                    return false;

                Set(index, $"({Of(where)}).index({Of(what)})");
                return true;
            case "cast" or "cast_fields":
                return Casts(step).All(cast =>
                {
                    if (cast.Type is not ("str" or "int" or "float")) return false;

                    Set(cast.To, $"({Of(cast.Field)}) | {(cast.Type == "str" ? "string" : cast.Type)}");
                    return true;
                });
            case "wrap" when UnitxtArtifact.TextOf(step, "inside") == "list":
                return ForPairs(step, (from, to) => Set(to, $"[{Of(from)}]"));
            case "map_nested_dict_values_by_queries" when step.TryGetProperty("field_to_query", out var queries) && queries.ValueKind == JsonValueKind.Object:
                foreach (var query in queries.EnumerateObject()) Set(query.Name, Of(query.Value.ToString()));

                return true;
            case "normalize_list_fields" when step.TryGetProperty("fields", out var lists) && lists.ValueKind == JsonValueKind.Array && UnitxtArtifact.TextOf(step, "key_prefix") is null or "":
                foreach (var one in lists.EnumerateArray().Select(field => field.ToString())) Set(one, $"({Of(one)}) | join({JinjaLiteral.Quoted(UnitxtArtifact.TextOf(step, "separator") ?? ", ")})");

                return true;
            case "take_by_field":
                if (UnitxtArtifact.TextOf(step, "field") is not { } taken || UnitxtArtifact.TextOf(step, "index") is not { } at || UnitxtArtifact.TextOf(step, "to_field") is not { } to) return false;

                Set(to, $"({Of(taken)})[{Of(at)}]");
                return true;
            case "remove_fields" when step.TryGetProperty("fields", out var gone) && gone.ValueKind == JsonValueKind.Array:
                foreach (var field in gone.EnumerateArray()) _fields.Remove(field.ToString());

                return true;
            case "filter_by_condition" when step.TryGetProperty("values", out var values) && values.ValueKind == JsonValueKind.Object:
                var word = UnitxtArtifact.TextOf(step, "condition") switch { "eq" => "==", "ne" => "!=", "gt" => ">", "ge" => ">=", "lt" => "<", "le" => "<=", "in" => "in", "not in" => "not in", _ => null };
                if (word is null) return false;

                _keepIf.Add((_keepIf.Count == 0 ? "filtered" : string.Create(CultureInfo.InvariantCulture, $"filtered_{_keepIf.Count + 1}"), string.Join(" and ", values.EnumerateObject().Select(value => $"({Of(value.Name)}) {word} {Literal(value.Value)}"))));
                return true;
            case "rename_splits" when step.TryGetProperty("mapper", out var mapper) && mapper.ValueKind == JsonValueKind.Object:
                _slices.Clear();
                foreach (var split in mapper.EnumerateObject().Where(split => TaskFile.RoleNames.Contains(split.Value.ToString(), StringComparer.Ordinal))) _slices.Add((split.Value.ToString(), split.Name));

                return _slices.Count > 0;
            case "split_random_mix" when step.TryGetProperty("mix", out var mix) && mix.ValueKind == JsonValueKind.Object:
                return ApplyMix(mix);
            case "shuffle" or "splitters.small_no_test" or "splitters.small_no_dev" or "splitters.large_no_test" or "splitters.large_no_dev" or "splitters.test_only":
                // Missing validation and test splits are taken from train and from validation.
                if (type != "shuffle")
                {
                    _slices.Clear();
                    if (type != "splitters.test_only") _slices.Add(("train", "train"));

                    _slices.Add(("test", type.EndsWith("no_test", StringComparison.Ordinal) ? "validation" : "test"));
                }

                collector.Remark(ImportCodes.NotApplied, $"The step '{type}' of the card '{artifact.Name}' draws rows at random; the import takes {string.Join(" and ", _slices.Select(slice => slice.SliceKind == slice.Slice ? slice.Slice : $"{slice.Slice} as {slice.SliceKind}"))} whole.", artifact.Find(type));
                return true;
            default:
                return false;
        }
    }

    // A random share of a split is not sampled here: the split with the largest share is used.
    private bool ApplyMix(JsonElement mix)
    {
        _slices.Clear();
        foreach (var split in mix.EnumerateObject().Where(split => TaskFile.RoleNames.Contains(split.Name, StringComparer.Ordinal)))
        {
            var source = split.Value.ToString().Split('[')[0].Trim();
            if (source.Contains('+', StringComparison.Ordinal) || source.Length == 0 || _slices.Exists(slice => slice.Slice == source)) continue;

            _slices.Add((split.Name, source));
        }

        collector.Remark(ImportCodes.NotApplied, $"The step 'split_random_mix' of the card '{artifact.Name}' draws shares of splits at random; the import takes whole splits.", artifact.Find("split_random_mix"));
        return _slices.Count > 0;
    }

    private bool ApplyMapper(JsonProperty mapper)
    {
        if (mapper.Value.ValueKind != JsonValueKind.Object) return false;

        var entries = mapper.Value.EnumerateObject().Select(entry => $"{JinjaLiteral.Quoted(entry.Name)}: {Literal(entry.Value)}");
        Set(mapper.Name, $"{{{string.Join(", ", entries)}}}[({Of(mapper.Name)}) | string]");
        return true;
    }

    // A mapping of fields to types, or one field.
    private static IEnumerable<(string Field, string To, string Type)> Casts(JsonElement step) =>
        step.TryGetProperty("fields", out var fields) && fields.ValueKind == JsonValueKind.Object ? fields.EnumerateObject().Select(field => (field.Name, field.Name, field.Value.ToString()))
        : UnitxtArtifact.TextOf(step, "field") is { } one ? [(one, UnitxtArtifact.TextOf(step, "to_field") ?? one, UnitxtArtifact.TextOf(step, "to") ?? string.Empty)]
        : [(string.Empty, string.Empty, string.Empty)];

    private static bool ForPairs(JsonElement step, Action<string, string> apply)
    {
        if (step.TryGetProperty("field_to_field", out var pairs))
        {
            foreach (var (from, to) in pairs.ValueKind switch
            {
                JsonValueKind.Object => pairs.EnumerateObject().Select(pair => (pair.Name, pair.Value.ToString())),
                JsonValueKind.Array => pairs.EnumerateArray().Where(pair => pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2).Select(pair => (pair[0].ToString(), pair[1].ToString())),
                _ => [],
            })
            {
                apply(from, to);
            }

            return true;
        }

        if (UnitxtArtifact.TextOf(step, "field") is not { } field || UnitxtArtifact.TextOf(step, "to_field") is not { } target) return false;

        apply(field, target);
        return true;
    }

    private void Set(string name, string expression)
    {
        _fields[name] = expression;
        _order.Add(name);
    }

    // A path such as answers/text/0 descends into lists and mappings.
    private string Of(string path)
    {
        var parts = path.Split('/');
        var expression = _fields.GetValueOrDefault(parts[0], parts[0]);
        foreach (var part in parts.Skip(1)) expression = part.All(char.IsAsciiDigit) ? $"({expression})[{part}]" : $"({expression})[{JinjaLiteral.Quoted(part)}]";

        return expression;
    }

    private static string Literal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JinjaLiteral.Quoted(value.GetString()!),
        JsonValueKind.Array => $"[{string.Join(", ", value.EnumerateArray().Select(Literal))}]",
        JsonValueKind.Object => $"{{{string.Join(", ", value.EnumerateObject().Select(entry => $"{JinjaLiteral.Quoted(entry.Name)}: {Literal(entry.Value)}"))}}}",
        JsonValueKind.Null => "none",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText().ToString(CultureInfo.InvariantCulture),
    };
}
