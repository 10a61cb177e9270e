using static InstructKit.Formats.Consumers.Shapes;

namespace InstructKit.Formats.Consumers;

/// <summary>
/// Hugging Face's <c>datasets</c> (huggingface/datasets: packaged_modules/json/json.py, table.py table_cast): one table of all rows of a split, whose schema
/// is that of the first 10 MB of the first file.
/// </summary>
internal static class HfDatasets
{
    private static readonly byte[][] Trace = [.. new[] { "id", "source", "model", "system_prompt", "messages" }.Select(Encoding.UTF8.GetBytes)];
    private static readonly byte[][] Session = [.. new[] { "id", "type", "version", "cwd" }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>The consumer.</summary>
    public static Consumer Consumer { get; } = new("hf-datasets", "Hugging Face datasets: one schema for all rows and shards", "datasets packaged_modules/json/json.py _generate_tables")
    {
        Row = AnyObject,
        IsOneTable = true,
        TakesTexts = true,
        Rules = static () => [new TableSchema(), new TraceColumns(Trace, Session) { Source = "datasets packaged_modules/json/json.py agent traces" }],
        Extensions = [".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".arrow", ".txt"],
        Compressions = [".gz", ".zst", ".bz2", ".xz", ".lz4", ".zip"],
    };

    private sealed class TraceColumns(params byte[][][] sets) : DatasetRule
    {
        private bool _seen;

        public override void Row(RowCheck check, JsonNode row, long bytesBefore)
        {
            if (_seen) return;

            _seen = true;
            foreach (var set in sets)
            {
                var has = true;
                foreach (var name in set) has &= !row.Find(name).IsMissing && (!name.AsSpan().SequenceEqual("version"u8) || row.Find(name).Kind == JsonKind.Integer);

                if (has) check.Error(ConsumerCodes.MistakenFile, row, $"the columns {string.Join(", ", set.Select(Encoding.UTF8.GetString))} together make the loader take the file for an agent trace; rename one");
            }

            var (type, message) = (row.Find("type"u8), row.Find("message"u8).IsObject ? row.Find("message"u8) : row.Find("payload"u8));
            if (type.IsText && message.IsObject) check.Warning(ConsumerCodes.MistakenFile, message, $"the columns type and {message.Path} together can make the loader take the file for an agent trace; rename one");
        }
    }

    /// <summary>The types of all values at every path of the table.</summary>
    private sealed class TableSchema : DatasetRule
    {
        private const long FirstChunk = 10 << 20;

        private readonly Place _root = new(string.Empty) { Family = JsonKind.Object };
        private long _last = -1;
        private bool _isFixed;

        public override void Row(RowCheck check, JsonNode row, long bytesBefore)
        {
            // A file after the first, or bytes after the first chunk: from here on rows are cast to the types seen so far.
            _isFixed |= bytesBefore >= FirstChunk || (bytesBefore >= 0 && bytesBefore <= _last);
            _last = Math.Max(_last, bytesBefore);
            foreach (var member in row) Meet(check, _root, member);
        }

        public override void End(RowCheck check)
        {
            foreach (var column in _root.Members.Where(column => column is { Family: JsonKind.Null, IsJson: false }))
                check.Whole(ConsumerCodes.SchemaChange, Severity.Warning, $"the column {column.Name} is null in all rows: it gets the type null, and a shard with values in it fails to load (validate --fix removes null keys)");
        }

        private void Meet(RowCheck check, Place outer, JsonNode value)
        {
            var place = outer.Find(value.Key);
            if (place is null)
            {
                place = outer.Add(value.Key);
                place.IsJson = check.JsonPlaces.Count > 0 && check.JsonPlaces.Contains(place.Path);
                if (_isFixed && outer == _root)
                    check.Error(ConsumerCodes.SchemaChange, value, $"the column {value.Path} first appears after the first 10 MB or in a later file, where the schema is fixed: a DatasetGenerationCastError");
                else if (_isFixed)
                    check.Warning(ConsumerCodes.SchemaChange, value, $"the key {value.Path} first appears after the first 10 MB or in a later file, where the schema is fixed: older versions fail, newer ones make the column strings of JSON");

                place.Family = JsonKind.Null;
                Take(check, place, value, isNew: true);
                return;
            }

            Take(check, place, value, isNew: false);
        }

        private void Take(RowCheck check, Place place, JsonNode value, bool isNew)
        {
            // A feature of type json holds texts of JSON with any content.
            if (place.IsJson) return;

            var family = SteadyColumns.Family(value.Kind);
            if (family == JsonKind.Null) return;

            if (place.Family == JsonKind.Null)
            {
                if (_isFixed && !isNew) check.Error(ConsumerCodes.SchemaChange, value, $"{value.Path} is {value.Words}, it was null in all rows of the first 10 MB, which makes its type null: the value cannot be cast");
                place.Family = family;
                place.IsFloat = value.Kind == JsonKind.Float;
            }
            else if (place.Family != family)
            {
                check.Error(ConsumerCodes.SchemaChange, value, $"{value.Path} is {value.Words}, in earlier rows it was {SteadyColumns.Name(place.Family)}: a column has one type");
                return;
            }
            else if (value.Kind == JsonKind.Float && !place.IsFloat)
            {
                if (_isFixed) check.Error(ConsumerCodes.SchemaChange, value, $"{value.Path} is {value.Words}, in the first 10 MB it was a whole number: the value cannot be cast");
                place.IsFloat = true;
            }

            if (family == JsonKind.Object)
            {
                if (!place.IsMixed && !place.HasKeysOf(value))
                {
                    place.IsMixed = true;
                    check.Warning(ConsumerCodes.SchemaChange, value, value.Count == 0
                        ? $"{value.Path} is an object without keys, which Parquet cannot store"
                        : $"the keys of {value.Path} are not those of earlier rows: older versions fill in null, newer ones (5.0) make the place strings of JSON; write every key in every row");
                }

                foreach (var member in value) Meet(check, place, member);
            }
            else if (family == JsonKind.List)
            {
                foreach (var element in value) Take(check, place.Item ??= new Place("[]") { Family = JsonKind.Null, Path = place.Path }, element, isNew: false);
            }
        }

        private sealed class Place(string name)
        {
            private readonly List<(byte[] Key, Place Place)> _members = [];

            public string Name => name;

            /// <summary>Its path without lists, as in <c>messages.role</c>.</summary>
            public string Path { get; init; } = string.Empty;

            /// <summary>True when the card declares it to hold any JSON.</summary>
            public bool IsJson { get; set; }

            public JsonKind Family { get; set; }

            public bool IsFloat { get; set; }

            /// <summary>True once objects with different keys, or none, were seen there.</summary>
            public bool IsMixed { get; set; }

            public Place? Item { get; set; }

            public IEnumerable<Place> Members => _members.Select(member => member.Place);

            public Place? Find(ReadOnlySpan<byte> key)
            {
                foreach (var (own, place) in _members)
                {
                    if (key.SequenceEqual(own)) return place;
                }

                return null;
            }

            /// <summary>True when an object has the keys of the objects before it.</summary>
            public bool HasKeysOf(JsonNode value)
            {
                if (_members.Count == 0) return value.Count > 0;
                if (value.Count != _members.Count) return false;

                foreach (var member in value)
                {
                    if (Find(member.Key) is null) return false;
                }

                return true;
            }

            public Place Add(ReadOnlySpan<byte> key)
            {
                var own = Encoding.UTF8.GetString(key);
                var place = new Place(own) { Path = Path.Length == 0 ? own : $"{Path}.{own}" };
                _members.Add((key.ToArray(), place));
                return place;
            }
        }
    }
}
