using System.Buffers.Text;
using InstructKit.Tasks;
using InstructKit.Templating.Values;

namespace InstructKit.Templates;

/// <summary>Converts values to the types of the canonical columns, so that every layout yields exactly the same row: digits in a delimited file become an integer,
/// a number in a text column becomes text; anything else of the wrong type is a fault of the row.</summary>
internal static class CellTyping
{
    private const int MaxShown = 4 << 10;

    /// <summary>Checks a source cell and, if its form changes, stores the new form in the context.</summary>
    public static RowVerdict Check(RowBatch batch, Cell cell, ColumnBinding binding, RenderContext context)
    {
        var column = binding.Column;
        switch (cell.Kind)
        {
            case CellKind.Missing when column.Nullable:
                context.SetSlot(binding.Slot, Value.None);
                return RowVerdict.Keep;
            case CellKind.Missing: return RowVerdict.Error(RowCodes.ColumnMissing, $"The row has no column '{column.Name}'.");
            case CellKind.Null:
                return column.Nullable ? RowVerdict.Keep : binding.IsLabel ? RowVerdict.Drop(RowEvaluator.NoLabelReason) : Wrong(column, "null");
        }

        switch (column.Type)
        {
            case ColumnType.Any:
            case ColumnType.String when cell.IsText:
            case ColumnType.Int when cell.Kind == CellKind.Integer:
            case ColumnType.Float when cell.Kind is CellKind.Integer or CellKind.Float:
            case ColumnType.Bool when cell.Kind is CellKind.True or CellKind.False:
            case ColumnType.List when cell.Kind == CellKind.Json && batch.Bytes(cell)[0] == '[':
            case ColumnType.Object when cell.Kind == CellKind.Json && batch.Bytes(cell)[0] == '{': return RowVerdict.Keep;
            case ColumnType.String when cell.Kind is CellKind.Integer or CellKind.Float:
                context.SetCell(binding.Slot, cell with { Kind = CellKind.Text });
                return RowVerdict.Keep;
            case ColumnType.Int when cell.Kind is CellKind.Text or CellKind.Float && TryInteger(batch, cell, out var integer):
                context.SetCell(binding.Slot, integer);
                return RowVerdict.Keep;
            case ColumnType.Float when cell.Kind == CellKind.Text && TryNumber(batch, cell, out var number):
                context.SetCell(binding.Slot, number);
                return RowVerdict.Keep;
            case ColumnType.Int or ColumnType.Float or ColumnType.Bool or ColumnType.Any when column.Nullable && cell.Kind == CellKind.Text && cell.Length == 0:
                // Delimited files use an empty field for a missing number.
                context.SetSlot(binding.Slot, Value.None);
                return RowVerdict.Keep;
            case ColumnType.Bool when cell.Kind == CellKind.Text && batch.Bytes(cell) is var word && (word.SequenceEqual("true"u8) || word.SequenceEqual("True"u8)):
                context.SetSlot(binding.Slot, Value.True);
                return RowVerdict.Keep;
            case ColumnType.Bool when cell.Kind == CellKind.Text && batch.Bytes(cell) is var word && (word.SequenceEqual("false"u8) || word.SequenceEqual("False"u8)):
                context.SetSlot(binding.Slot, Value.False);
                return RowVerdict.Keep;
            default: return Wrong(column, Shown(batch, cell));
        }
    }

    // A value too long to be shown is not read for the message.
    private static string Shown(RowBatch batch, Cell cell) => cell.Kind == CellKind.Json && cell.Length > MaxShown
        ? Encoding.UTF8.GetString(batch.Bytes(cell)[..MaxShown])
        : Value.FromCell(batch.Buffer, cell).ToString();

    /// <summary>Checks the value of a mapped column and stores it in the context.</summary>
    public static RowVerdict Check(Value value, ColumnBinding binding, RenderContext context)
    {
        var column = binding.Column;
        if (value.IsUndefined && !column.Nullable)
            return RowVerdict.Error(RowCodes.ColumnMissing, $"The row has nothing for the column '{column.Name}': its expression is undefined.");

        if (value.IsUndefined || value.IsNone)
        {
            context.SetSlot(binding.Slot, Value.None);
            return column.Nullable ? RowVerdict.Keep : binding.IsLabel ? RowVerdict.Drop(RowEvaluator.NoLabelReason) : Wrong(column, "none");
        }

        switch (column.Type, value.Kind)
        {
            case (ColumnType.Any, _):
            case (ColumnType.String, ValueKind.Text):
            case (ColumnType.Int, ValueKind.Integer):
            case (ColumnType.Float, ValueKind.Integer or ValueKind.Float):
            case (ColumnType.Bool, ValueKind.Boolean):
            case (ColumnType.List, ValueKind.List or ValueKind.Tuple):
            case (ColumnType.Object, ValueKind.Mapping): break;
            case (ColumnType.String, ValueKind.Integer or ValueKind.Float): value = Value.From(value.ToString()); break;
            case (ColumnType.Int, ValueKind.Text) when value.TryGetText(out var digits) && IsInteger(digits.Trim(" \t"u8)): value = Value.FromJson(digits.Trim(" \t"u8)); break;
            default: return Wrong(column, value.ToString());
        }

        context.SetSlot(binding.Slot, value);
        return RowVerdict.Keep;
    }

    private static RowVerdict Wrong(ColumnDefinition column, string found) =>
        RowVerdict.Error(RowCodes.ColumnType, $"The column '{column.Name}' is of type {column.TypeText}, found '{(found.Length > 60 ? found[..60] + "…" : found)}'.");

    private static bool TryInteger(RowBatch batch, Cell cell, out Cell integer)
    {
        var digits = Trimmed(batch, cell, out var start);
        // Copies saved from tables with nulls have 1.0 for 1.
        var point = digits.IndexOf((byte)'.');
        var whole = point > 0 && digits[(point + 1)..].IndexOfAnyExcept((byte)'0') < 0 ? digits[..point] : digits;
        integer = new Cell(CellKind.Integer, start, whole.Length);
        return IsInteger(whole);
    }

    private static bool TryNumber(RowBatch batch, Cell cell, out Cell number)
    {
        var text = Trimmed(batch, cell, out var start);
        number = new Cell(IsInteger(text) ? CellKind.Integer : CellKind.Float, start, text.Length);
        return text.Length > 0 && Utf8Parser.TryParse(text, out double value, out var used) && used == text.Length && double.IsFinite(value);
    }

    private static ReadOnlySpan<byte> Trimmed(RowBatch batch, Cell cell, out int start)
    {
        var bytes = batch.Bytes(cell).TrimEnd(" \t"u8);
        var text = bytes.TrimStart(" \t"u8);
        start = cell.Offset + bytes.Length - text.Length;
        return text;
    }

    private static bool IsInteger(ReadOnlySpan<byte> text)
    {
        var digits = text is [(byte)'-', ..] ? text[1..] : text;
        return digits.Length > 0 && digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && (digits.Length == 1 || digits[0] != '0');
    }
}
