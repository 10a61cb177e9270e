namespace InstructKit.Sources.Records;

/// <summary>What a <see cref="RecordStep"/> does.</summary>
internal enum RecordStepKind
{
    /// <summary>Goes to the value of one key.</summary>
    Key,

    /// <summary>Walks over the elements of an array.</summary>
    Elements,

    /// <summary>Walks over the values of an object.</summary>
    Values,
}
