namespace InstructKit.Tasks;

/// <summary>The order in which slices and caps take the rows of a source split.</summary>
public enum RowOrder
{
    /// <summary>By a keyed permutation, so that every slice is a fair sample of its split.</summary>
    Seeded,

    /// <summary>As they are in the files.</summary>
    Source,
}
